import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Pending } from "../outbox.ts";
import { rowsOf, withGreeting } from "../rows.ts";
import type { Message } from "../types.ts";
import { fill, written } from "../words/index.ts";
import { Bubble, Choices, Notice, PendingBubble } from "./Bubble.tsx";
import { useChat, useKnown } from "./context.ts";

const NEAR_PX = 60;

/** The thread: it stays at its end unless somebody has scrolled up to read. */
export function Messages({ pending, asks }: { pending: Pending[]; asks: boolean }) {
  const { client, host, words, language } = useChat();
  const { messages, state, typing, config, away } = useKnown();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const open = host.shown.open;
  const thread = withGreeting(messages, client.own.greeted);
  const count = thread.length + pending.length;
  const own = pending.at(-1)?.client_id;

  const toEnd = (): void => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
    atEnd.current = true;
    setBelow(false);
  };
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
    else setBelow(true);
  }, [count]);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [typing, asks, state.phase, state.position, open]);
  useLayoutEffect(() => {
    if (own) toEnd();
  }, [own]);
  useLayoutEffect(() => {
    // What stands above and below it may grow.
    const watch = new ResizeObserver(() => atEnd.current && toEnd());
    if (list.current) watch.observe(list.current);
    return () => watch.disconnect();
  }, []);

  const onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = list.current as HTMLDivElement;
    if (clientHeight === 0) return;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (atEnd.current) setBelow(false);
  };

  const rows = rowsOf(thread, pending, new Date());
  const lastOwn = [...messages].reverse().find((one) => one.author === "customer");
  const greeting = written(config.look.greeting, language) || words.greeting;
  return (
    <div class="thread">
      <div ref={list} class="log" role="log" aria-live="polite" aria-label={words.messages} tabIndex={0} onScroll={onScroll} onLoadCapture={() => atEnd.current && toEnd()}>
        {thread[0]?.data.event !== "greeted" && <div class="row theirs"><p class="bubble">{greeting}</p></div>}
        {rows.map((row) => {
          if (row.kind === "day") return <Notice key={row.key}>{dayOf(row.at, language, words.yesterday)}</Notice>;
          if (row.kind === "event") return <Event key={row.key} message={row.message} />;
          if (row.kind === "pending") return <PendingBubble key={row.key} one={row.pending} first={row.first} last={row.last} />;
          return <Bubble key={row.key} message={row.message} first={row.first} last={row.last} mark={row.message === lastOwn && pending.length === 0} />;
        })}
        <Choices pending={pending} />
        {state.phase === "waiting" && (
          <div class="waiting">
            {state.position !== null && !away && <strong>{fill(words.waitingAt, { position: state.position })}</strong>}
            <span>{away ? words.awayWaiting : words.waitingLong}</span>
          </div>
        )}
        {state.phase === "ended" && messages.length > 0 && <Notice>{words.again}</Notice>}
        {typing && (
          <div class="row theirs" aria-hidden="true">
            <p class="bubble dots" title={fill(words.typing, { name: state.agent || words.somebody })}><i /><i /><i /></p>
          </div>
        )}
      </div>
      {below && <button type="button" class="below" onClick={toEnd}>{words.newest}</button>}
    </div>
  );
}

function Event({ message }: { message: Message }) {
  const { words } = useChat();
  if (message.data.event === "greeted") return <div class="row theirs first"><p class="bubble">{message.data.text}</p></div>;
  if (message.data.event === "left") return <Notice>{fill(words.left, { name: message.name || words.somebody })}</Notice>;
  if (message.data.event === "joined") return <Notice>{fill(words.joined, { name: message.name || words.somebody })}</Notice>;
  if (message.data.event === "cobrowse") return <Shared what={message.data.what} began={words.shareBegan} ended={words.shareEnded} />;
  if (message.data.event === "video") return <Shared what={message.data.what} began={words.talkBegan} ended={words.talkEnded} />;
  if (message.data.event === "transcript") return <Notice>{fill(words.transcriptSent, { email: message.data.to ?? "" })}</Notice>;
  return message.data.event === "ended" ? <Notice>{words.ended}</Notice> : null;
}

/** Of a page that was shown, or of a call: that it began, that it ended. */
function Shared({ what, began, ended }: { what: string | undefined; began: string; ended: string }) {
  if (what === "agreed") return <Notice>{began}</Notice>;
  return what === "stopped" || what === "lost" ? <Notice>{ended}</Notice> : null;
}

function dayOf(at: Date, language: string, yesterday: string): string {
  const before = new Date();
  before.setDate(before.getDate() - 1);
  if (at.toDateString() === before.toDateString()) return yesterday;
  return new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }).format(at);
}
