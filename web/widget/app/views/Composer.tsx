import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useChat, useKnown, useUploads } from "./context.ts";
import { Tray } from "./Files.tsx";
import { Transcript } from "./Transcript.tsx";
import { ClipIcon, ClockIcon, SendIcon } from "./icons.tsx";

const MOST = 4000;
const TALLEST_PX = 132;
const ACCEPTED = "image/*,audio/*,video/mp4,video/webm,video/quicktime,.pdf,.txt,.csv,.docx,.xlsx,.pptx,.odt,.ods,.odp,.ics,.vcf,.eml,.json,.md,.log";

export function Composer() {
  const { client, host, words } = useChat();
  const { state } = useKnown();
  const [text, setText] = useState(() => client.own.draft);
  const [hurried, setHurried] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const uploads = useUploads();
  const open = host.shown.open;
  const something = text.trim() !== "" || uploads.busy || uploads.ready.length > 0;

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, TALLEST_PX)}px`;
  }, [text, open]);

  const change = (value: string): void => {
    setText(value);
    client.own.draft = value;
    if (value.trim()) client.typing();
  };
  /** Files that are still on their way up are waited for; of what does not go its writer hears first. */
  const send = async (): Promise<void> => {
    if (!something || hurried) return;
    if (uploads.busy) {
      setHurried(true);
      await uploads.settled();
      setHurried(false);
      if (uploads.list.some((one) => one.why)) return;
    }
    const body = field.current?.value.trim() ?? "";
    const files = uploads.take();
    if (!body && files.length === 0) return;
    client.write({ body, page: host.page, ...(files.length > 0 ? { files } : {}) });
    setText("");
    client.own.draft = "";
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter may choose a letter in an input method (Telex): that is no sending.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const files = filesOf(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    uploads.add(files);
  };
  const onChosen = (): void => {
    const { current } = chooser;
    uploads.add(current?.files ?? []);
    if (current) current.value = "";
    field.current?.focus();
  };
  const running = ["bot", "waiting", "agent"].includes(state.phase);
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); void send(); }}>
      {uploads.list.length > 0 && <Tray list={uploads.list} />}
      <div class="field">
        <input ref={chooser} type="file" multiple hidden accept={ACCEPTED} onChange={onChosen} />
        <button type="button" class="attach" aria-label={words.attach} title={words.attach} onClick={() => chooser.current?.click()}><ClipIcon /></button>
        <textarea ref={field} rows={1} maxLength={MOST} value={text} aria-label={words.write} placeholder={words.write}
          enterkeyhint="send" onInput={(event) => change(event.currentTarget.value)} onKeyDown={onKeyDown} onPaste={onPaste} onFocus={() => host.say({ type: "where" })} />
        <button type="submit" class="send" aria-label={hurried ? words.sending : words.send} title={hurried ? words.sending : words.send} disabled={!something || hurried}>{hurried ? <ClockIcon /> : <SendIcon />}</button>
      </div>
      <div class="below-field">{running && <Ending />}<Transcript /></div>
    </form>
  );
}

/** Files of the clipboard; where words come along with a picture of them (from a spreadsheet, say), it is the words that are meant. */
function filesOf(data: DataTransfer | null): File[] {
  return data && !data.types.includes("text/plain") ? [...data.files] : [];
}

/** Ending is asked about in its place: a dialog over a window this small would hide what it is about. */
function Ending() {
  const { client, words } = useChat();
  const [asked, setAsked] = useState(false);
  const [failed, setFailed] = useState(false);
  const yes = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (asked) yes.current?.focus();
  }, [asked]);
  const end = async (): Promise<void> => setFailed(!(await client.end()));
  if (!asked) {
    return <p class="ending"><button type="button" class="link" onClick={() => setAsked(true)}>{words.end}</button></p>;
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    setAsked(false);
  };
  return (
    <div class="ending" role="group" aria-label={words.endSure} onKeyDown={onKeyDown}>
      <span role={failed ? "alert" : undefined}>{failed ? words.endFailed : words.endSure}</span>
      <span class="answers">
        <button type="button" class="link strong" ref={yes} onClick={() => void end()}>{words.endYes}</button>
        <button type="button" class="link" onClick={() => setAsked(false)}>{words.endNo}</button>
      </span>
    </div>
  );
}
