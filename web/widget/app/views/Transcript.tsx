import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { newId } from "../outbox.ts";
import { useChat, useKnown } from "./context.ts";
import { MAIL } from "./PreChat.tsx";

/** The chat by mail, to an address that is asked for in its place. That it goes is a line of the thread. */
export function Transcript() {
  const { client, words } = useChat();
  const { config, messages } = useKnown();
  const [open, setOpen] = useState(false);
  const [email, setEmail] = useState("");
  const [id, setId] = useState(newId);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (open) field.current?.focus();
  }, [open]);
  if (!config.transcripts || messages.length === 0) return null;
  if (!open) return <button type="button" class="link" onClick={() => setOpen(true)}>{words.transcript}</button>;

  const close = (): void => {
    setOpen(false);
    setWrong(null);
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!MAIL.test(email.trim())) {
      setWrong(words.emailWrong);
      field.current?.focus();
      return;
    }
    setBusy(true);
    const answer = await client.api.transcript(id, email.trim());
    setBusy(false);
    if (answer.ok) {
      setId(newId());
      close();
    } else setWrong(answer.status === 429 ? words.transcriptMany : answer.status === 422 ? words.emailWrong : words.transcriptFailed);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  return (
    <form class="mailing asked" noValidate onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
      <label htmlFor="transcript">{words.transcriptTo}</label>
      <input ref={field} id="transcript" type={"email" as "text"} autocomplete="email" maxLength={254} value={email} aria-invalid={wrong !== null} aria-describedby={wrong ? "transcript-wrong" : undefined} onInput={(event) => setEmail(event.currentTarget.value)} />
      <div role="alert">{wrong && <p class="wrong" id="transcript-wrong">{wrong}</p>}</div>
      <span class="answers">
        <button type="submit" class="link strong" disabled={busy}>{busy ? words.sending : words.transcriptSend}</button>
        <button type="button" class="link" onClick={close}>{words.transcriptCancel}</button>
      </span>
    </form>
  );
}
