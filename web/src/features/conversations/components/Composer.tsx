import { Button, Textarea } from "@mantine/core";
import { IconLock, IconSend2 } from "@tabler/icons-react";
import { Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Id } from "@/shared/api/types";
import "@/shared/i18n/chat";
import { soon } from "@/shared/later";
import classes from "./Composer.module.css";
import { useOutbox } from "./useOutbox";

const Replies = soon(async () => (await import("./Replies")).default);
const TYPING_MS = 3000;
interface Draft { body: string; kind: "text" | "note" }
const keyOf = (id: Id): string => `tongdai.chat-draft.${id}`;

function keptDraft(id: Id): Draft {
  const kept = localStorage.getItem(keyOf(id));
  return kept ? (JSON.parse(kept) as Draft) : { body: "", kind: "text" };
}

/** May the caret come here by itself? Not from somebody who writes elsewhere or goes through a list. */
function isFree(active: Element | null): boolean {
  return !active || active === document.body || active.id === "content" || active instanceof HTMLHeadingElement || active.closest("[data-assignment], [data-testid=offer]") !== null;
}

/** Where one writes to the customer, or a note for colleagues. `mayWrite` false: notes only. */
export function Composer({ conversationId, customer, mayWrite, takesFocus = false, onTyping }: {
  conversationId: Id;
  customer: string;
  mayWrite: boolean;
  takesFocus?: boolean;
  onTyping?: () => void;
}) {
  const { t } = useTranslation();
  const { outbox } = useOutbox(conversationId);
  const [draft, setDraft] = useState(() => keptDraft(conversationId));
  const field = useRef<HTMLTextAreaElement>(null);
  const told = useRef(0);
  const note = !mayWrite || draft.kind === "note";
  useEffect(() => {
    if (takesFocus && isFree(document.activeElement)) field.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    if (next.body || next.kind === "note") localStorage.setItem(keyOf(conversationId), JSON.stringify(next));
    else localStorage.removeItem(keyOf(conversationId));
  };
  const type = (body: string) => {
    change({ body });
    if (note || !body.trim() || Date.now() - told.current < TYPING_MS) return;
    told.current = Date.now();
    onTyping?.();
  };
  const send = () => {
    const body = draft.body.trim();
    if (!body) return;
    outbox.write(conversationId, note ? "note" : "text", body);
    told.current = 0;
    change({ body: "", kind: "text" });
    field.current?.focus();
  };
  const toggle = () => {
    change({ kind: note ? "text" : "note" });
    field.current?.focus();
  };
  const asked = /^\/(\S{0,40})$/.exec(draft.body)?.[1];
  useActions([mayWrite ? { id: "chat.note", name: t("chat.note"), section: "call", hotkey: "Alt+I", perform: toggle } : null]);
  return (
    <form
      className={classes.composer} data-composer data-note={note || undefined} data-only={!mayWrite || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {asked !== undefined && <Suspense><Replies conversationId={conversationId} q={asked} field={field} onPick={(body) => { change({ body }); field.current?.focus(); }} /></Suspense>}
      <Textarea
        ref={field} aria-label={note ? t("chat.writeNote") : t("chat.writeTo", { who: customer })} placeholder={note ? t("chat.writeNote") : t("chat.writeTo", { who: customer })}
        autosize minRows={mayWrite ? 2 : 1} maxRows={8} maxLength={10_000} value={draft.body} variant="unstyled" classNames={{ input: classes.input }}
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          // An input method's Enter takes its suggestion, and sends nothing.
          if (event.key !== "Enter" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div className={classes.tools}>
        {mayWrite
          ? <Button variant="subtle" color="gray" size="compact-md" aria-pressed={note} className={classes.switch} leftSection={<IconLock size={16} />} onClick={toggle}>{t("chat.note")} <kbd>{keyText("Alt+I")}</kbd></Button>
          : <span className={classes.only}><IconLock size={15} aria-hidden /> {t("chat.noteMark")}</span>}
        <span className={classes.hint}>{t("chat.slash")} · {t("chat.enter")}</span>
        <Button type="submit" size="compact-md" className={classes.send} disabled={!draft.body.trim()} leftSection={<IconSend2 size={16} />}>{t(note ? "chat.sendNote" : "chat.send")}</Button>
      </div>
    </form>
  );
}
