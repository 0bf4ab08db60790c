import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useChat, useKnown } from "./context.ts";
import { SendIcon } from "./icons.tsx";

const MOST = 4000;
const TALLEST_PX = 132;

export function Composer() {
  const { client, host, words } = useChat();
  const { state } = useKnown();
  const [text, setText] = useState(() => client.own.draft);
  const field = useRef<HTMLTextAreaElement>(null);
  const open = host.shown.open;

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
  const send = (): void => {
    const body = text.trim();
    if (!body) return;
    client.write(body, host.page);
    setText("");
    client.own.draft = "";
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter may choose a letter in an input method (Telex): that is no sending.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const running = ["bot", "waiting", "agent"].includes(state.phase);
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div class="field">
        <textarea ref={field} rows={1} maxLength={MOST} value={text} aria-label={words.write} placeholder={words.write}
          enterkeyhint="send" onInput={(event) => change(event.currentTarget.value)} onKeyDown={onKeyDown} onFocus={() => host.say({ type: "where" })} />
        <button type="submit" class="send" aria-label={words.send} title={words.send} disabled={!text.trim()}><SendIcon /></button>
      </div>
      {running && <Ending />}
    </form>
  );
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
