import { useEffect, useRef, useState } from "preact/hooks";
import { fromOthers } from "../store.ts";
import { fill, written } from "../words/index.ts";
import { Composer } from "./Composer.tsx";
import { useChat, useKnown } from "./context.ts";
import { Header } from "./Header.tsx";
import { WarningIcon } from "./icons.tsx";
import { Offline } from "./Offline.tsx";
import { Messages } from "./Messages.tsx";
import { PreChat } from "./PreChat.tsx";
import { ShareCard } from "./Share.tsx";
import { TalkCard } from "./Talk.tsx";
import { holdFocus, placeFocus } from "./focus.ts";

const LOST_MS = 2500;

/** The chat window; also tells the site what it has to know. */
export function Window() {
  const { client, host, words, language } = useChat();
  const known = useKnown();
  const root = useRef<HTMLDivElement>(null);
  const [, shownAgain] = useState(0);
  const [dropping, setDropping] = useState(false);
  const told = useRef<number | null>(null);
  const { pending } = client;
  // A question that waits for an answer is something to read, too.
  const asked = known.state.shares.filter((one) => one.state === "asked").length;
  const unread = client.unread + (host.shown.open ? 0 : asked);
  const title = written(known.config.look.title, language) || words.title;
  const asks = known.asking || ((known.opened || client.own.token === null) && !client.own.proven && known.config.pre_chat.length > 0 && known.state.phase === "none" && known.messages.length === 0 &&
    pending.length === 0 && !known.name && !client.own.about);
  const absent = known.away !== null && pending.length === 0 && ["none", "ended"].includes(known.state.phase);

  useEffect(() => {
    host.onShown = () => {
      shownAgain((count) => count + 1);
      if (host.shown.open) client.want();
      if (host.shown.open && client.store.known.away) void client.refresh();
      if (host.shown.open && host.shown.focus) placeFocus(root.current);
      if (host.looked) client.see();
    };
    host.onAttention = () => host.looked && client.see();
    host.onShown(); // it may have been opened before there was anything to show
  }, [client, host]);

  useEffect(() => {
    if (host.looked) client.see();
  }, [client, host, known.messages]);

  useEffect(() => {
    const count = client.unread + (host.shown.open ? 0 : asked); // without what was just seen
    host.say({ type: "unread", count, label: fill(words.unread, { count }) });
  }, [client, host, words, unread, asked]);

  useEffect(() => {
    if (host.shown.open && host.shown.focus && document.hasFocus()) placeFocus(root.current);
  }, [host, asks, absent]);

  useEffect(() => {
    if (!known.opened) return;
    const last = known.messages.at(-1)?.seq ?? 0;
    const from = told.current ?? last;
    told.current = last;
    for (const { seq, author, name, at, ...rest } of known.messages)
      if (seq > from && fromOthers({ seq, author, name, at, ...rest })) host.say({ type: "message", message: { author, name, at } });
  }, [host, known.opened, known.messages]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing) host.say({ type: "close" });
    else if (host.shown.narrow) holdFocus(root.current, event);
  };

  const takes = !known.gone && !asks && !absent;
  const onDrag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // else the browser shows the file in our place
    if (event.type === "dragleave" && root.current?.contains(event.relatedTarget as Node | null)) return;
    setDropping(takes && event.type === "dragover");
    if (takes && event.type === "drop") client.uploads.add(event.dataTransfer.files);
  };

  return (
    <div ref={root} class="window" role="dialog" aria-labelledby="title" tabIndex={-1} onKeyDown={onKeyDown} onDragOver={onDrag} onDrop={onDrag} onDragLeave={onDrag}>
      {dropping && <p class="dropping">{words.drop}</p>}
      <Header title={title} />
      <Banner />
      {known.gone ? (
        <p class="gone" role="alert">{words.gone}</p>
      ) : (
        <>
          <TalkCard />
          <Messages pending={pending} asks={asks} />
          <ShareCard />
          <Proof />
          {absent ? <Offline /> : asks ? <PreChat /> : <Composer />}
        </>
      )}
    </div>
  );
}

/** Said when the server takes nothing before the site says who writes. What was written waits. */
function Proof() {
  const { client, words } = useChat();
  const { proof } = useKnown();
  return (
    <div role="alert">
      {proof && (
        <div class="proof">
          <p><WarningIcon />{proof === "expired" ? words.proofExpired : words.proofNeeded}</p>
          <button type="button" class="link" onClick={() => void client.identity.prove()}>{words.retry}</button>
        </div>
      )}
    </div>
  );
}

/** Said when the connection has been away for longer than a blink. */
function Banner() {
  const { words } = useChat();
  const { link, gone } = useKnown();
  const lost = link === "lost" && !gone;
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!lost) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), LOST_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <div role="status">
      {lost && late && <p class="banner"><WarningIcon />{words.lost}</p>}
    </div>
  );
}
