import { useState } from "preact/hooks";
import type { About, Asked, AskedName } from "../types.ts";
import { useChat, useKnown } from "./context.ts";

export const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const KINDS: Record<AskedName, { type: string; autocomplete: "name" | "email" | "tel" }> = {
  name: { type: "text", autocomplete: "name" },
  email: { type: "email", autocomplete: "email" },
  phone: { type: "tel", autocomplete: "tel" },
};

/** Who writes says who they are, before the first message. */
export function PreChat() {
  const { client, words } = useChat();
  const { config } = useKnown();
  const [about, setAbout] = useState<About>({});
  const [tried, setTried] = useState(false);

  const wrong = ({ name, required }: Asked): string | null => {
    const value = about[name]?.trim() ?? "";
    if (!value) return required ? words.required : null;
    return name === "email" && !MAIL.test(value) ? words.emailWrong : null;
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setTried(true);
    const first = config.pre_chat.find(wrong);
    if (first) {
      document.getElementById(`about-${first.name}`)?.focus();
      return;
    }
    client.introduce(Object.fromEntries(Object.entries(about).map(([name, value]) => [name, value.trim()])));
  };
  return (
    <form class="about" noValidate onSubmit={submit} aria-label={words.about}>
      <h2>{words.about}</h2>
      {config.pre_chat.map((asked) => {
        const { name, required } = asked;
        const message = tried ? wrong(asked) : null;
        const id = `about-${name}`;
        return (
          <div class="asked" key={name}>
            <label htmlFor={id}>{words[name]} {!required && <span class="muted">{words.optional}</span>}</label>
            <input id={id} type={KINDS[name].type as "text"} autocomplete={KINDS[name].autocomplete} maxLength={200} value={about[name] ?? ""} required={required} aria-invalid={message !== null}
              aria-describedby={message ? `${id}-wrong` : undefined} onInput={(event) => setAbout({ ...about, [name]: event.currentTarget.value })} />
            {message && <p class="wrong" id={`${id}-wrong`}>{message}</p>}
          </div>
        );
      })}
      <button type="submit" class="start">{words.start}</button>
    </form>
  );
}
