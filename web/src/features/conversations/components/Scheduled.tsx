import { Button, Popover } from "@mantine/core";
import { IconAlertTriangle, IconArrowBackUp, IconClockPlay, IconSend2 } from "@tabler/icons-react";
import { useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import { Problem } from "@/shared/api/problem";
import type { ScheduledReply } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { useNow } from "@/shared/format/clock";
import "@/shared/i18n/inbox";
import "@/shared/i18n/mail";
import { useSession } from "@/shared/session";
import { useReschedule, useSendNow, useWithdraw } from "../api/scheduled";
import { putBack } from "../drafts";
import { whenText } from "../later";
import { headingFrom } from "../letter";
import { Body, Byline } from "./Bubbles";
import { Files } from "./Files";
import { WhenToSend } from "./SendLater";
import classes from "./Thread.module.css";

/** Until when it can be taken back; said once to who cannot see it run down. */
function Countdown({ row }: { row: ScheduledReply }) {
  const { t } = useTranslation();
  const left = Math.ceil((Date.parse(row.due_at) - useNow()) / 1000);
  return <span className={classes.mark}><IconClockPlay size={14} aria-hidden /> {left > 0 ? t("later.grace", { count: left }) : t("later.going")}</span>;
}

function Waits({ row }: { row: ScheduledReply }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const describe = useProblemText();
  if (row.state === "stopped") {
    const text = row.why === "answered" ? t("later.stopped.answered") : t("later.stopped", { why: describe(new Problem({ status: 409, code: row.why ?? "", detail: "" })) });
    return <span className={classes.refused} role="alert"><span><IconAlertTriangle size={15} aria-hidden /> {text}</span></span>;
  }
  return (
    <>
      <span className={classes.mark}><IconClockPlay size={14} aria-hidden /> {[t("later.goesOut", { when: whenText(row.due_at, i18n.language, zone) }), row.only_if_unanswered ? t("later.ifNone") : null].filter(Boolean).join(", ")}</span>
      {row.answered && <span className={classes.meanwhile} role="status"><IconAlertTriangle size={14} aria-hidden /> {t(row.only_if_unanswered ? "later.answeredNot" : "later.answeredStill")}</span>}
    </>
  );
}

/** A reply that waits: when it goes out, and what can be done about it until then. */
function Reply({ row, undoes }: { row: ScheduledReply; undoes: boolean }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const describe = useProblemText();
  const [open, setOpen] = useState(false);
  const withdraw = useWithdraw(row.conversation_id);
  const sendNow = useSendNow(row.conversation_id);
  const reschedule = useReschedule(row.conversation_id);
  const onError = (error: unknown) => notice(describe(error), "bad");
  const heading = headingFrom(row.heading);
  const grace = row.grace && row.state === "waiting";
  const back = () => withdraw.mutate(row.id, { onSuccess: (taken) => { putBack(row.conversation_id, taken.body, headingFrom(taken.heading), taken.attachments); if (!grace) notice(t("later.taken")); }, onError });
  useActions([undoes ? { id: "chat.undo", name: t("later.undo"), section: "call", hotkey: "Alt+Z", perform: back } : null]);
  return (
    <li className={classes.group} data-author="agent" data-unsent={row.state === "stopped" ? "refused" : "waiting"}>
      <Byline name={row.user.name} at={row.created_at} author="agent" note={false} />
      {heading && <span className={classes.mark}>{t("mail.to", { who: [...heading.to, ...heading.cc, ...heading.bcc].join(", ") })}</span>}
      {row.body && <Body text={row.body} />}
      {row.attachments.length > 0 && <Files conversationId={row.conversation_id} files={row.attachments} />}
      {grace ? <Countdown row={row} /> : <Waits row={row} />}
      {row.may_change && (
        <span className={classes.waits}>
          {grace ? <Button variant="default" size="compact-sm" leftSection={<IconArrowBackUp size={14} />} loading={withdraw.isPending} onClick={back}>{t("later.undo")}{undoes && <kbd>{keyText("Alt+Z")}</kbd>}</Button> : (
            <>
              <Popover opened={open} onChange={setOpen} position="top-end" trapFocus returnFocus width={270}>
                <Popover.Target><Button variant="subtle" size="compact-sm" aria-expanded={open} loading={reschedule.isPending} leftSection={<IconClockPlay size={14} />} onClick={() => setOpen(!open)}>{t("later.change")}</Button></Popover.Target>
                <Popover.Dropdown><WhenToSend only={row.only_if_unanswered} onPick={(later) => { setOpen(false); reschedule.mutate({ row, later }, { onSuccess: (now) => notice(t("later.kept", { when: whenText(now.due_at, i18n.language, zone) })), onError }); }} /></Popover.Dropdown>
              </Popover>
              <Button variant="subtle" size="compact-sm" leftSection={<IconSend2 size={14} />} loading={sendNow.isPending} onClick={() => sendNow.mutate(row.id, { onError })}>{t("later.now")}</Button>
              <Button variant="subtle" size="compact-sm" leftSection={<IconArrowBackUp size={14} />} loading={withdraw.isPending} onClick={back}>{t("later.back")}</Button>
            </>
          )}
        </span>
      )}
    </li>
  );
}

/** What was written here and waits to be sent, after what was said. */
export default function Scheduled({ rows, onGrown }: { rows: ScheduledReply[]; onGrown: () => void }) {
  const { t } = useTranslation();
  const shape = rows.map((row) => `${row.id} ${row.state} ${String(row.answered)}`).join();
  useLayoutEffect(onGrown, [shape, onGrown]);
  const last = rows.findLast((one) => one.grace && one.may_change && one.state === "waiting");
  return (
    <li className={classes.scheduled}>
      <ol className={classes.list} aria-label={t("later.waiting")}>{rows.map((row) => <Reply key={row.id} row={row} undoes={row.id === last?.id} />)}</ol>
      <div className="td-visually-hidden" role="status">{last && `${t("later.going")} ${t("later.undo")}: ${keyText("Alt+Z")}`}</div>
    </li>
  );
}
