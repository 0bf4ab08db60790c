import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconChecks, IconClock, IconLock, IconRobot } from "@tabler/icons-react";
import { Fragment, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { Message } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import "@/shared/i18n/inbox";
import { exactText, timeOfDay } from "@/shared/format/time";
import { soon } from "@/shared/later";
import { useSession } from "@/shared/session";
import type { Outbox, Unsent } from "../outbox";
import { whenText } from "../later";
import { refusedAddresses } from "../letter";
import { besides, mailOf } from "../mail";
import { named } from "../mentions";
import { linked } from "../thread";
import { Files } from "./Files";
import { Delivery, MailFoot, MailHead } from "./MailParts";
import classes from "./Thread.module.css";

const NOBODY: readonly string[] = [];
interface MentionTold { id: string; name: string; told: boolean }
const mentionsOf = (message: Message): MentionTold[] => (Array.isArray(message.data["mentions"]) ? (message.data["mentions"] as MentionTold[]) : []);

export function Body({ text, names = NOBODY }: { text: string; names?: readonly string[] }) {
  return (
    <div className={classes.bubble}>
      {linked(text).map((part, place) => part.href
        ? <a key={place} href={part.href} target="_blank" rel="noopener noreferrer">{part.text}</a>
        : <Fragment key={place}>{named(part.text, names).map((one, index) => (one.name ? <b key={index} className={classes.mention}>{one.text}</b> : one.text))}</Fragment>)}
    </div>
  );
}

const Written = soon(async () => (await import("./Written")).default);
const exchangeOf = (message: Message): string | null => (typeof message.data["exchange"] === "string" ? message.data["exchange"] : null);

interface Choice { key: string; label: string }
const choicesOf = (message: Message): Choice[] => (Array.isArray(message.data["choices"]) ? (message.data["choices"] as Choice[]) : []);

export function Byline({ name, at, author, note }: { name: string; at: string; author: Message["author"]; note: boolean }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  return (
    <div className={classes.byline}>
      {note ? <IconLock size={13} aria-hidden /> : author === "bot" ? <IconRobot size={14} aria-hidden /> : null}
      <strong className="td-clip">{name}</strong>
      {note && <span className={classes.noteMark}>{t("chat.noteMark")}</span>}
      <time dateTime={at} title={exactText(at, i18n.language, zone)}>{timeOfDay(at, i18n.language, zone)}</time>
    </div>
  );
}

/** What one author wrote without a pause. */
export function Bubbles({ messages, customer, marks }: { messages: [Message, ...Message[]]; customer: string; marks: Map<number, "seen" | "sent"> }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const first = messages[0];
  const note = first.kind === "note";
  const mailed = mailOf(first);
  const name = first.author === "customer" ? (mailed?.aside ? mailed.sender.name || mailed.sender.address : customer) : first.author === "bot" ? t("chat.bot") : (first.user?.name ?? "");
  return (
    <li className={classes.group} data-author={first.author} data-note={note || undefined}>
      <Byline name={name} at={first.at} author={first.author} note={note} />
      {messages.map((message) => {
        const mail = mailOf(message);
        const files = besides(message, mail);
        const exchange = exchangeOf(message);
        const mark = mail ? undefined : marks.get(message.seq);
        return (
          <Fragment key={message.id}>
            {mail && <MailHead mail={mail} />}
            {(message.body || (message.attachments.length === 0 && !mail?.forwards)) && <Body text={message.body} names={mentionsOf(message).map((one) => one.name)} />}
            {files.length > 0 && <Files conversationId={message.conversation_id} files={files} />}
            {mail && <MailFoot mail={mail} />}
            {mail && <Delivery mail={mail} />}
            {choicesOf(message).length > 0 && <ul className={classes.choices} aria-label={t("chat.choices")}>{choicesOf(message).map((one) => <li key={one.key}>{one.label}</li>)}</ul>}
            {mentionsOf(message).some((one) => !one.told) && <span className={classes.mark}>{t("chat.unheard", { who: mentionsOf(message).filter((one) => !one.told).map((one) => one.name).join(", ") })}</span>}
            {typeof message.data["planned"] === "string" && <span className={classes.mark}>{t("later.planned", { when: whenText(message.data["planned"], i18n.language, zone) })}</span>}
            {exchange && <Suspense><Written exchange={exchange} /></Suspense>}
            {mark && <span className={classes.mark} data-mark={mark}>{mark === "seen" ? <IconChecks size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />} {t(`chat.mark.${mark}`)}</span>}
          </Fragment>
        );
      })}
    </li>
  );
}

/** Written and not acknowledged: on its way, or refused with the reason and what to do about it. */
export function UnsentBubble({ row, outbox }: { row: Unsent; outbox: Outbox }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const me = useSession();
  return (
    <li className={classes.group} data-author="agent" data-note={row.kind === "note" || undefined} data-unsent={row.refused ? "refused" : "waiting"}>
      <Byline name={me.user.name} at={row.at} author="agent" note={row.kind === "note"} />
      {row.heading && <span className={classes.mark}>{t("mail.to", { who: [...row.heading.to, ...row.heading.cc, ...row.heading.bcc].join(", ") })}</span>}
      {row.body && <Body text={row.body} />}
      {row.attachments && row.attachments.length > 0 && <Files conversationId={row.conversation_id} files={row.attachments} />}
      {row.refused ? (
        <div className={classes.refused} role="alert">
          <span><IconAlertTriangle size={15} aria-hidden /> {t("chat.refused", { why: (row.heading && refusedAddresses(row.heading, row.refused.fields).join(" · ")) || describe(new Problem(row.refused)) })}</span>
          <span>
            <Button variant="default" size="compact-sm" onClick={() => outbox.again(row.client_id)}>{t("chat.again")}</Button>{" "}
            <Button variant="subtle" color="gray" size="compact-sm" onClick={() => outbox.remove(row.client_id)}>{t("chat.discard")}</Button>
          </span>
        </div>
      ) : <span className={classes.mark}><IconClock size={13} aria-hidden /> {t("chat.sending")}</span>}
    </li>
  );
}
