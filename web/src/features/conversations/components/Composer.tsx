import { ActionIcon, Button, Textarea } from "@mantine/core";
import { IconLock, IconPaperclip, IconSend2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Id, Mentionable } from "@/shared/api/types";
import type { Later } from "../api/scheduled";
import { threadQuery } from "../api/threads";
import { type Draft, keepDraft, keptDraft, listenForDraft } from "../drafts";
import { type Heading, mayGo } from "../letter";
import { askedName, stillNamed, withName } from "../mentions";
import "@/shared/i18n/chat";
import "@/shared/i18n/mail";
import { soon } from "@/shared/later";
import classes from "./Composer.module.css";
import { Tray } from "./Files";
import { useOutbox } from "./useOutbox";
import { filesOf, useUploads } from "./useUploads";

const Replies = soon(async () => (await import("./Replies")).default);
const Mentions = soon(async () => (await import("./Mentions")).default);
const SendLater = soon(async () => (await import("./SendLater")).default);
const LetterHead = soon(async () => (await import("./LetterHead")).default);
const TYPING_MS = 3000;
const AFTER_GRACE: Later = { due_at: null, only_if_unanswered: false };
/** May the caret come here by itself? Not from somebody who writes elsewhere or goes through a list. */
function isFree(active: Element | null): boolean {
  return !active || active === document.body || active.id === "content" || active instanceof HTMLHeadingElement || active.closest("[data-assignment], [data-testid=offer]") !== null;
}

/** Where one writes to the customer, or a note for colleagues. `mayWrite` false: notes only. `letter`: Enter begins a line, Ctrl+Enter sends. */
export function Composer({ conversationId, customer, mayWrite, letter = false, takesFocus = false, onTyping }: {
  conversationId: Id;
  customer: string;
  mayWrite: boolean;
  letter?: boolean;
  takesFocus?: boolean;
  onTyping?: () => void;
}) {
  const { t } = useTranslation();
  const { outbox } = useOutbox(conversationId);
  const [draft, setDraft] = useState(() => keptDraft(conversationId));
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const told = useRef(0);
  const [caret, setCaret] = useState<number | null>(null);
  const [hurried, setHurried] = useState(false);
  const { uploads, rows, dropping } = useUploads(conversationId, true);
  const note = !mayWrite || draft.kind === "note";
  const lines = letter && !note;
  useEffect(() => {
    if (takesFocus && isFree(document.activeElement)) field.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    keepDraft(conversationId, next);
  };
  useEffect(() => listenForDraft(conversationId, (back) => { setDraft(back); field.current?.focus(); }), [conversationId]);
  const undoes = (useQuery({ ...threadQuery(conversationId), enabled: false }).data?.undo_s ?? 0) > 0;
  const type = (body: string) => {
    change({ body });
    if (note || !body.trim() || Date.now() - told.current < TYPING_MS) return;
    told.current = Date.now();
    onTyping?.();
  };
  const [heading, setHeading] = useState<Heading | null>(null);
  const [signature, setSignature] = useState("");
  const label = note ? t("chat.writeNote") : heading?.mode === "forward" ? t("mail.besideForward") : t(letter ? "mail.reply" : "chat.writeTo", { who: customer });
  const headed = useCallback((shown: Heading | null, under: string) => {
    setHeading(shown);
    setSignature(under);
  }, []);
  const something = draft.body.trim() !== "" || rows.some((one) => !one.problem) || (lines && heading?.mode === "forward");
  const ready = something && (!lines || (heading !== null && mayGo(heading)));
  /** Files that are still on their way up are waited for; of what does not go its writer hears first. */
  const send = async (later: Later | undefined = undoes && !note ? AFTER_GRACE : undefined) => {
    if (!ready || hurried) return;
    const body = draft.body.trim();
    if (uploads.busy) {
      setHurried(true);
      await uploads.settled();
      setHurried(false);
      if (uploads.snapshot().some((one) => one.problem)) return;
    }
    const files = uploads.take();
    if (!body && files.length === 0 && heading?.mode !== "forward") return;
    outbox.write(conversationId, note ? "note" : "text", body, files, lines ? (heading ?? undefined) : undefined, later, note ? mentioned.map((one) => one.id) : undefined);
    told.current = 0;
    change({ body: "", kind: "text", heading: undefined, mentions: undefined });
    field.current?.focus();
  };
  const toggle = () => {
    change({ kind: note ? "text" : "note" });
    field.current?.focus();
  };
  const name = note && caret !== null ? askedName(draft.body.slice(0, caret)) : null;
  const mentioned = stillNamed(draft.body, draft.mentions ?? []);
  const unheard = mentioned.filter((one) => !one.reads).map((one) => one.name);
  const mention = (one: Mentionable) => {
    const next = withName(draft.body, caret ?? draft.body.length, one.name);
    change({ body: next.text, mentions: [...mentioned.filter((other) => other.id !== one.id), one] });
    setCaret(null);
    requestAnimationFrame(() => field.current?.setSelectionRange(next.caret, next.caret));
  };
  const asked = /^\/(\S{0,40})$/.exec(draft.body)?.[1];
  useActions([{ id: "chat.attach", name: t("chat.attach"), section: "call", hotkey: "Alt+U", perform: () => chooser.current?.click() }, mayWrite ? { id: "chat.note", name: t("chat.note"), section: "call", hotkey: "Alt+I", perform: toggle } : null]);
  return (
    <form
      className={classes.composer} data-composer data-dropping={dropping || undefined} data-note={note || undefined} data-only={!mayWrite || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {dropping && <p className={classes.dropping}>{t("chat.drop")}</p>}
      {lines && <Suspense><LetterHead conversationId={conversationId} chosen={draft.heading} onChoose={(chosen) => change({ heading: chosen })} onShown={headed} /></Suspense>}
      {rows.length > 0 && <Tray rows={rows} uploads={uploads} />}
      {asked !== undefined && <Suspense><Replies conversationId={conversationId} q={asked} field={field} onPick={(body) => { change({ body }); field.current?.focus(); }} /></Suspense>}
      {name !== null && <Suspense><Mentions conversationId={conversationId} q={name} field={field} onPick={mention} /></Suspense>}
      <Textarea
        ref={field} aria-label={label} placeholder={label}
        autosize minRows={lines ? 5 : mayWrite ? 2 : 1} maxRows={lines ? 16 : 8} maxLength={10_000} value={draft.body} readOnly={hurried} variant="unstyled" classNames={{ input: classes.input }}
        onChange={(event) => {
          setCaret(event.currentTarget.selectionStart);
          type(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          // An input method's Enter takes its suggestion, and sends nothing.
          const held = event.ctrlKey || event.metaKey;
          if (event.key !== "Enter" || event.shiftKey || event.altKey || held !== lines || event.nativeEvent.isComposing) return;
          event.preventDefault();
          void send();
        }}
        onPaste={(event) => {
          const files = filesOf(event.clipboardData);
          if (files.length === 0) return;
          event.preventDefault();
          uploads.add(files);
        }}
      />
      <div role="status">{unheard.length > 0 && <p className={classes.unheard}>{t("chat.unheard", { who: unheard.join(", ") })}</p>}</div>
      {lines && signature && <pre className={classes.signature} aria-label={t("mail.signature")}>{signature}</pre>}
      <input
        ref={chooser} type="file" multiple hidden aria-hidden
        onChange={(event) => {
          uploads.add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
          field.current?.focus();
        }}
      />
      <div className={classes.tools}>
        <ActionIcon variant="subtle" color="gray" size={30} aria-label={t("chat.attach")} title={`${t("chat.attach")} (${keyText("Alt+U")})`} onClick={() => chooser.current?.click()}><IconPaperclip size={18} /></ActionIcon>
        {mayWrite
          ? <Button variant="subtle" color="gray" size="compact-md" aria-pressed={note} className={classes.switch} leftSection={<IconLock size={16} />} onClick={toggle}>{t("chat.note")} <kbd>{keyText("Alt+I")}</kbd></Button>
          : <span className={classes.only}><IconLock size={15} aria-hidden /> {t("chat.noteMark")}</span>}
        <span className={classes.hint}>{t(note ? "chat.at" : "chat.slash")} · {t(lines ? "mail.enter" : "chat.enter")}</span>
        <span className={classes.sending}>
          {!note && <Suspense><SendLater disabled={!ready || hurried} onPick={(later) => void send(later)} /></Suspense>}
          <Button type="submit" size="compact-md" disabled={!ready} loading={hurried} leftSection={<IconSend2 size={16} />}>{t(note ? "chat.sendNote" : "chat.send")}</Button>
        </span>
      </div>
    </form>
  );
}
