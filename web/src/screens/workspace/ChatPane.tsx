import "@/shared/i18n/chat";
import "@/shared/i18n/mail";
import { Button, Group, Modal } from "@mantine/core";
import { IconMail, IconMailOff, IconMessageCircle, IconMessageOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { SendTranscript } from "@/features/channels/components/SendTranscript";
import { ShareButton, SharePanel } from "@/features/channels/components/SharePanel";
import { VideoButton, VideoPanel } from "@/features/channels/components/VideoPanel";
import { Composer } from "@/features/conversations/components/Composer";
import { Thread } from "@/features/conversations/components/Thread";
import { useOutbox } from "@/features/conversations/components/useOutbox";
import { tellTyping, useEndChat } from "@/features/routing/api/assignments";
import { Handing } from "@/features/routing/components/Handing";
import { SendChat } from "@/features/routing/components/SendChat";
import { WrapUp } from "@/features/routing/components/WrapUp";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Assignment, Reason } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { ProblemNote } from "@/shared/components/Feedback";
import { StateBadge } from "@/shared/components/StateBadge";
import { durationText } from "@/shared/format/time";
import { Verified } from "@/shared/components/Verified";
import { answerText, useWho } from "@/shared/format/who";
import classes from "./Chat.module.css";

/** A chat or an e-mail that one has: its messages and where one writes; after it, its result in the same place. `onCall`: Alt+X belongs to the call, or to who listens to one. */
export function ChatPane({ row, conversationId, reasons, onCall }: { row: Assignment; conversationId: string; reasons: Reason[]; onCall: boolean }) {
  const { t, i18n } = useTranslation();
  const who = useWho()(row);
  const open = row.state === "accepted";
  const letter = row.channel === "email";
  const endText = t(letter ? "mail.end" : "chat.end");
  const end = useEndChat();
  const { unsent } = useOutbox(conversationId);
  const pane = useRef<HTMLDivElement>(null);
  // On a narrow page the pane is below the list: one comes to where one writes.
  useEffect(() => {
    void pane.current?.scrollIntoView({ block: "end" });
  }, []);
  const [asking, setAsking] = useState(false);
  useActions([open && !onCall ? { id: "chat.end", name: endText, section: "call", hotkey: "Alt+X", perform: () => setAsking(true) } : null]);
  const about = [row.queue?.name, ...row.flow_answers.map((answer) => answerText(t, answer.value)), row.waited_s >= 1 ? t("offer.waited", { time: durationText(row.waited_s, i18n.language) }) : null];
  return (
    <div ref={pane} className={classes.pane}>
      <header className={classes.head}>
        <div className={classes.names}>
          <h2 className={`${classes.who} td-break`}>{who}</h2>
          <Verified of={row} />
          <div className="td-muted">{[...new Set(about)].filter(Boolean).join(" · ")}</div>
        </div>
        {open && <span className={classes.state}><StateBadge state="talking" icon={letter ? IconMail : IconMessageCircle} label={t(letter ? "mail.open" : "chat.open")}>{row.accepted_at && <Elapsed since={row.accepted_at} />}</StateBadge></span>}
        {open && !letter && <ShareButton row={row} keyClass={classes.key} />}
        {open && !letter && <VideoButton row={row} keyClass={classes.key} />}
        {open && !letter && <SendTranscript row={row} />}
        {open && <SendChat row={row} onCall={onCall} keyClass={classes.key} />}
        {open && <Button variant="default" leftSection={letter ? <IconMailOff size={16} /> : <IconMessageOff size={16} />} onClick={() => setAsking(true)}>{endText}{!onCall && <kbd className={classes.key}>{keyText("Alt+X")}</kbd>}</Button>}
        {!open && <StateBadge state="wrap_up" />}
      </header>
      <Handing row={row} />
      {!letter && <SharePanel row={row} who={who} />}
      {!letter && <VideoPanel row={row} who={who} />}
      <Thread conversationId={conversationId} customer={who} live={open} />
      {open && <Composer conversationId={conversationId} customer={who} mayWrite letter={letter} takesFocus onTyping={letter ? undefined : () => tellTyping(row.id)} />}
      {row.state === "wrap_up" && (
        <div className={classes.after}>
          <p className={classes.over}>{t(letter ? "mail.over" : "chat.over")}</p>
          <WrapUp row={row} reasons={reasons} />
        </div>
      )}
      <Modal opened={asking && open} onClose={() => setAsking(false)} title={t(letter ? "mail.endQuestion" : "chat.endQuestion", { who })} closeButtonProps={{ "aria-label": t("common.close") }}>
        <p className={classes.question}>{t(letter ? "mail.endText" : "chat.endText")}</p>
        {unsent.length > 0 && <p className={classes.unsent}>{t("chat.endUnsent")}</p>}
        <ProblemNote error={end.error} />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
          <Button data-autofocus className={classes.stop} loading={end.isPending} onClick={() => end.mutate(row.id, { onSuccess: () => setAsking(false) })}>{endText}</Button>
        </Group>
      </Modal>
    </div>
  );
}
