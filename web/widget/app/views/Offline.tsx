import { useEffect, useRef, useState } from "preact/hooks";
import { newId } from "../outbox.ts";
import { fill } from "../words/index.ts";
import { useChat, useKnown } from "./context.ts";
import { CheckIcon, WarningIcon } from "./icons.tsx";
import { MAIL } from "./PreChat.tsx";

const FIELDS = ["name", "email", "body"] as const;
type Name = (typeof FIELDS)[number];
const MOST: Record<Name, number> = { name: 200, email: 254, body: 4000 };

/** Stands where one writes while nobody is there. What is typed is kept until the server has it. */
export function Offline() {
  const { client, host, words } = useChat();
  const { away, name: known } = useKnown();
  const [left, setLeft] = useState(() => client.own.left ?? { id: newId(), name: known, email: "", body: "" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const [done, setDone] = useState<{ by: "email" | "chat"; email: string } | null>(null);

  const before = useRef(done);
  useEffect(() => {
    if (before.current !== done) document.getElementById(done ? "left-done" : "left-body")?.focus();
    before.current = done;
  }, [done]);

  const change = (part: Partial<typeof left>): void => {
    const now = { ...left, ...part };
    setLeft(now);
    client.own.left = now;
  };
  const wrong = (name: Name): string | null => {
    const value = left[name].trim();
    return !value ? words.required : name === "email" && !MAIL.test(value) ? words.emailWrong : null;
  };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const first = FIELDS.find(wrong);
    if (first) {
      document.getElementById(`left-${first}`)?.focus();
      return;
    }
    setBusy(true);
    const answer = await client.api.leaveMessage({ client_id: left.id, name: left.name, email: left.email, body: left.body, page: host.page });
    setBusy(false);
    setFailed(answer.ok ? null : answer.status === 429 ? words.awayTooFast : answer.fields.includes("email") ? words.emailWrong : answer.code.startsWith("identity_") ? words.proofNeeded : words.awayFailed);
    if (!answer.ok) return;
    setDone({ by: answer.value.answered_by, email: left.email });
    setTried(false);
    client.own.left = null;
    setLeft({ ...left, id: newId(), body: "" });
    if (answer.value.answered_by === "chat") void client.refresh();
  };

  if (done)
    return (
      <div class="about">
        <div role="status" id="left-done" tabIndex={-1}>
          <h2><CheckIcon /> {words.awayThanks}</h2>
          <p>{fill(done.by === "email" ? words.awayByMail : words.awayByChat, { email: done.email })}</p>
        </div>
        <button type="button" class="link" onClick={() => setDone(null)}>{words.awayAnother}</button>
      </div>
    );
  return (
    <form class="about" noValidate onSubmit={(event) => void submit(event)} aria-label={words.awayTitle}>
      <h2>{words.awayTitle}</h2>
      <p>{away === "hours" ? words.awayHours : words.awayNobody}</p>
      {FIELDS.map((name) => {
        const id = `left-${name}`;
        const message = tried ? wrong(name) : null;
        const shared = { id, maxLength: MOST[name], required: true, value: left[name], "aria-invalid": message !== null, "aria-describedby": message ? `${id}-wrong` : undefined };
        return (
          <div class="asked" key={name}>
            <label htmlFor={id}>{name === "body" ? words.awayMessage : words[name]}</label>
            {name === "body" ? <textarea {...shared} rows={3} onInput={(event) => change({ body: event.currentTarget.value })} />
              : <input {...shared} type={(name === "email" ? "email" : "text") as "text"} autocomplete={name} onInput={(event) => change({ [name]: event.currentTarget.value })} />}
            {message && <p class="wrong" id={`${id}-wrong`}>{message}</p>}
          </div>
        );
      })}
      <div role="alert">{failed && <p class="bad"><WarningIcon /> {failed}</p>}</div>
      <button type="submit" class="start" disabled={busy}>{busy ? words.sending : words.awaySend}</button>
    </form>
  );
}
