import type { ComponentChildren } from "preact";
import type { Pending } from "../outbox.ts";
import { pieces } from "../text.ts";
import type { Attachment, Message } from "../types.ts";
import { useChat, useKnown } from "./context.ts";
import { Files } from "./Files.tsx";
import { CheckIcon, ClockIcon, SeenIcon, WarningIcon } from "./icons.tsx";

export const Notice = ({ children }: { children: ComponentChildren }) => <p class="notice"><span>{children}</span></p>;

/** What people wrote is text; only addresses in it become links. */
export function Text({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece) =>
        piece.href ? <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">{piece.text}</a> : piece.text,
      )}
    </>
  );
}

/** A button's answer, as on the button. */
const capital = (label: string): string => label.charAt(0).toLocaleUpperCase() + label.slice(1);

interface Place {
  first: boolean;
  last: boolean;
}

/** Words, files, or both. `files` is missing from what an older tab tells. */
function Said({ who, text, files = [] }: { who: string; text: string; files?: Attachment[] | undefined }) {
  return (
    <>
      {(text || files.length === 0) && <p class="bubble"><span class="hidden">{who}: </span><Text text={text} /></p>}
      {files.length > 0 && <Files who={who} files={files} />}
    </>
  );
}

/** `mark`: say how far this message of one's own has come. */
export function Bubble({ message, first, last, mark }: Place & { message: Message; mark: boolean }) {
  const { words, language } = useChat();
  const { state } = useKnown();
  const mine = message.author === "customer";
  const who = mine ? words.you : message.name || (message.author === "bot" ? words.assistant : words.somebody);
  const seen = state.read_seq >= message.seq;
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(new Date(message.at));
  return (
    <div class={`row ${mine ? "mine" : "theirs"}${first ? " first" : ""}`}>
      {!mine && first && <p class="who" aria-hidden="true">{who}</p>}
      <Said who={who} text={message.data.pressed === undefined ? message.body : capital(message.body)} files={message.attachments} />
      {(last || mark) && (
        <p class="meta">
          <time dateTime={message.at} title={new Date(message.at).toLocaleString(language)}>{time}</time>
          {mark && <span class="mark">{seen ? <SeenIcon /> : <CheckIcon />}{seen ? words.seen : words.sent}</span>}
        </p>
      )}
    </div>
  );
}

export function PendingBubble({ one, first, last }: Place & { one: Pending }) {
  const { client, words } = useChat();
  return (
    <div class={`row mine pending${first ? " first" : ""}`}>
      <Said who={words.you} text={one.pressed === undefined ? one.body : capital(one.body)} files={one.files} />
      {one.refused ? (
        <p class="meta refused">
          <WarningIcon />{words.refused}
          <button type="button" class="link" onClick={() => client.retry(one)}>{words.retry}</button>
          <button type="button" class="link" onClick={() => client.drop(one)}>{words.remove}</button>
        </p>
      ) : (
        last && <p class="meta"><span class="mark"><ClockIcon />{words.sending}</span></p>
      )}
    </div>
  );
}

/** The answers that the bot offers to its last question. */
export function Choices({ pending }: { pending: Pending[] }) {
  const { client, host } = useChat();
  const { messages, state } = useKnown();
  const last = messages.at(-1);
  const choices = last?.author === "bot" ? last.data.choices : undefined;
  if (!choices?.length || pending.length > 0 || state.phase !== "bot") return null;
  return (
    <div class="choices">
      {choices.map(({ key, label }) => (
        <button key={key} type="button" class="choice" onClick={() => client.write({ body: label, page: host.page, pressed: key })}>{capital(label)}</button>
      ))}
    </div>
  );
}
