import type { EventData } from "@/shared/api/types";

/** An event's type says what its data are. */
export type RealtimeEvent = { [Type in keyof EventData]: { seq: string; topic: string; type: Type; data: EventData[Type] } }[keyof EventData];
export type LinkState = "connecting" | "live" | "waiting" | "polling";
type ServerMessage =
  | { op: "ready"; seq: string }
  | { op: "events"; seq: string; events: Omit<RealtimeEvent, "seq">[] }
  | { op: "resync"; topics?: string[] }
  | { op: "pong" };

export interface RealtimeOptions {
  url: () => string;
  onEvent: (event: RealtimeEvent) => void;
  /** The topic's cached state is too old to continue from: fetch it anew. */
  onResync: (topic: string) => void;
  /** While no socket can be had, called every few seconds so that screens stay roughly true. */
  onPoll: () => void;
  /** The session behind the socket has ended: there is nothing to come back to. */
  onSignedOut?: () => void;
  socket?: (url: string) => WebSocket;
  random?: () => number;
}

/** The close code by which the server says that the session is over. */
export const SIGNED_OUT = 4401;
const PING_MS = 15_000;
const POLL_MS = 5_000;
const SILENT_MS = 2 * PING_MS;
const FAILURES_BEFORE_POLLING = 3;

export const backoffMs = (failures: number, random: number): number =>
  Math.min(15_000, 500 * 2 ** Math.min(failures, 6)) * (0.5 + random / 2);

/** Keeps one WebSocket to the server: subscribes since a cursor, resumes after a gap, and says when it cannot. */
export class RealtimeClient {
  private readonly options: RealtimeOptions;
  private readonly topics = new Map<string, number>();
  private readonly watchers = new Set<(state: LinkState) => void>();
  private socket: WebSocket | null = null;
  /** Everything up to here has been heard of every topic: it stands still while a subscription is unanswered. */
  private seq: string | null = null;
  private unanswered = 0;
  private failures = 0;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | null = null;
  private heartbeat: ReturnType<typeof setInterval> | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;
  private stopped = true;
  state: LinkState = "connecting";

  constructor(options: RealtimeOptions) {
    this.options = options;
  }

  /** Idempotent; `seq` is the cursor of the snapshot that the caches were filled from. */
  start(seq: string | null): void {
    this.seq ??= seq;
    if (!this.stopped) return;
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.seq = null;
    this.failures = 0;
    if (this.retry) clearTimeout(this.retry);
    this.stopPolling();
    this.closeSocket();
  }

  watch = (watcher: (state: LinkState) => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Counted: the last one to leave a topic unsubscribes it. */
  join(topic: string): () => void {
    const count = this.topics.get(topic) ?? 0;
    this.topics.set(topic, count + 1);
    if (count === 0) this.subscribe();
    return () => {
      const left = (this.topics.get(topic) ?? 1) - 1;
      if (left > 0) this.topics.set(topic, left);
      else {
        this.topics.delete(topic);
        this.subscribe();
      }
    };
  }

  /** A network that came back need not wait out the back-off. */
  hurry = (): void => {
    if (this.stopped || this.socket) return;
    if (this.retry) clearTimeout(this.retry);
    this.connect();
  };

  private connect(): void {
    this.retry = null;
    if (this.failures < FAILURES_BEFORE_POLLING) this.say(this.failures === 0 ? "connecting" : "waiting");
    const socket = this.options.socket?.(this.options.url()) ?? new WebSocket(this.options.url());
    this.socket = socket;
    socket.onopen = () => {
      this.heardAt = Date.now();
      this.subscribe();
      this.heartbeat = setInterval(() => this.beat(), PING_MS);
    };
    socket.onmessage = (message) => this.hear(JSON.parse(String(message.data)) as ServerMessage);
    socket.onclose = (event) => {
      if (event?.code === SIGNED_OUT) {
        this.stop();
        this.options.onSignedOut?.();
      } else this.lost(socket);
    };
  }

  private subscribe(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.unanswered += 1;
    this.socket.send(JSON.stringify({ op: "subscribe", since: this.seq, topics: [...this.topics.keys()] }));
  }

  private hear(message: ServerMessage): void {
    this.heardAt = Date.now();
    if (message.op === "ready") {
      this.unanswered -= 1;
      this.advance(message.seq);
      this.failures = 0;
      this.stopPolling();
      this.say("live");
    } else if (message.op === "events") {
      this.advance(message.seq);
      for (const event of message.events) this.options.onEvent({ ...event, seq: message.seq } as RealtimeEvent);
    } else if (message.op === "resync") {
      for (const topic of message.topics ?? this.topics.keys()) this.options.onResync(topic);
    }
  }

  private advance(seq: string): void {
    if (this.unanswered === 0) this.seq = seq;
  }

  private beat(): void {
    if (Date.now() - this.heardAt > SILENT_MS) this.socket?.close();
    else this.socket?.send(JSON.stringify({ op: "ping" }));
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.closeSocket();
    if (this.stopped) return;
    this.failures += 1;
    if (this.failures >= FAILURES_BEFORE_POLLING && !this.poll) {
      this.poll = setInterval(this.options.onPoll, POLL_MS);
      this.options.onPoll();
    }
    this.say(this.poll ? "polling" : "waiting");
    this.retry = setTimeout(() => this.connect(), backoffMs(this.failures, (this.options.random ?? Math.random)()));
  }

  private closeSocket(): void {
    const socket = this.socket;
    this.socket = null;
    this.unanswered = 0;
    if (this.heartbeat) clearInterval(this.heartbeat);
    this.heartbeat = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private stopPolling(): void {
    if (this.poll) clearInterval(this.poll);
    this.poll = null;
  }

  private say(state: LinkState): void {
    if (state === this.state) return;
    this.state = state;
    this.watchers.forEach((tell) => tell(state));
  }
}
