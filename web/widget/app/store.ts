import type { ChatState, Config, Frame, Message, Opened } from "./types.ts";

/** How news come: not at all yet (or not needed), at once, by asking again and again, or the connection is lost. */
export type Link = "idle" | "live" | "polling" | "lost";

/** What all tabs of a visitor know alike; plain data, told from tab to tab. */
export interface Known {
  opened: boolean;
  /** The widget does not exist any more. */
  gone: boolean;
  /** The server wants to know who writes before it takes their message. */
  asking: boolean;
  /** The server takes nothing before the site says who writes; `expired`: it did, but that is not good any more. */
  proof: "needed" | "expired" | null;
  /** Nobody is there, and why: a form stands in the chat's place. */
  away: Opened["away"];
  config: Config;
  name: string;
  messages: Message[];
  state: ChatState;
  typing: boolean;
  link: Link;
}

const NONE: ChatState = { phase: "none", agent: null, position: null, read_seq: 0, shares: [] };
const TYPING_MS = 7000;

export class Store {
  known: Known;
  private readonly listeners = new Set<() => void>();
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  /** The last message of an unbroken row: from here on news are wanted. Acknowledged messages of one's own may be later. */
  since = 0;

  constructor(config: Config) {
    this.known = { opened: false, gone: false, asking: false, proof: null, away: null, config, name: "", messages: [], state: NONE, typing: false, link: "idle" };
  }

  /** A chat goes on. */
  get talking(): boolean {
    return ["bot", "waiting", "agent"].includes(this.known.state.phase);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** What another tab knows. */
  take(known: Known): void {
    // A tab from before an update does not know of shared sessions.
    this.known = { ...known, state: { ...known.state, shares: known.state.shares ?? [] } };
    this.since = known.messages.at(-1)?.seq ?? 0;
    this.told();
  }

  change(part: Partial<Known>): void {
    this.known = { ...this.known, ...part };
    this.told();
  }

  /** `another`: the visitor is a new one to the server. What is shown of the same conversation stays: it may be newer. */
  open({ config, name, messages, state, away }: Opened, another: boolean): void {
    const shown = new Map(this.known.messages.map((one) => [one.seq, one.at]));
    const same = !another && (messages.length === 0 || messages.some((one) => shown.get(one.seq) === one.at));
    const last = messages.at(-1)?.seq ?? 0;
    this.since = same ? Math.max(this.since, last) : last;
    this.change({ opened: true, gone: false, away: away ?? null, config, name, state, messages: same ? merged(this.known.messages, messages) : messages });
  }

  /** As before anybody wrote. */
  forget(): void {
    this.since = 0;
    this.change({ opened: false, asking: false, proof: null, name: "", messages: [], state: NONE, typing: false, link: "idle" });
  }

  hear({ messages, state, typing }: Frame): void {
    this.since = Math.max(this.since, messages.at(-1)?.seq ?? 0);
    clearTimeout(this.typingTimer);
    if (typing) this.typingTimer = setTimeout(() => this.change({ typing: false }), TYPING_MS);
    this.change({ messages: merged(this.known.messages, messages), state, typing });
  }

  /** One's own message has its place. False: in another conversation than the one that is shown, so that all is to be asked anew. */
  acknowledge(message: Message): boolean {
    const { messages } = this.known;
    const known = messages.some((one) => one.client_id === message.client_id);
    if (!known && (message.seq <= this.since || messages.some((one) => one.seq === message.seq))) return false;
    if (!known) this.change({ messages: merged(messages, [message]) });
    return true;
  }

  private told(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Each message once, in the order of the thread. */
export function merged(old: Message[], fresh: Message[]): Message[] {
  if (fresh.length === 0) return old;
  const all = new Map(old.map((one) => [one.seq, one]));
  for (const one of fresh) all.set(one.seq, one);
  return [...all.values()].sort((a, b) => a.seq - b.seq);
}

export function fromOthers({ author, kind }: Message): boolean {
  return author !== "customer" && kind === "text";
}
