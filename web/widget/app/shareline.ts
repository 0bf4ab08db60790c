import { Backoff, Pause } from "./backoff.ts";

const PIECE = 100_000;
const FULL_BYTES = 1_000_000;
const LOOK_MS = 300;
const CONNECT_MS = 8000;
const FAILURES = 4;
/** The server's words for: over; shown in another tab; not (any more) ours. */
const OVER = 4410;
const ELSEWHERE = 4409;
const REFUSED = 4404;

export interface ShareEnds {
  socket: () => WebSocket;
  first: () => string;
  /** The agent said something, as text. */
  onSaid: (text: string) => void;
  /** The whole page is wanted anew: the agent has come, or something was left out. */
  onWanted: () => void;
  /** `lost`: it never got through. */
  onEnd: (why: "over" | "elsewhere" | "lost") => void;
}

/**
 * Takes what is shown to the agent, or what two ends of a call say to each other. Nothing waits here: while the network is slower than the page, what happens on it is left
 * out, and once there is room the page is told anew.
 */
export class ShareLine {
  private running = true;
  private socket: WebSocket | null = null;
  private open = false;
  private ever = false;
  private failures = 0;
  private number = 0;
  private behind: ReturnType<typeof setInterval> | undefined;
  private readonly backoff = new Backoff();
  private readonly pause = new Pause();
  private readonly hurry = (): void => this.pause.cut();

  constructor(private readonly ends: ShareEnds) {
    window.addEventListener("online", this.hurry);
    void this.run();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.hurry);
    clearInterval(this.behind);
    this.socket?.close();
    this.pause.cut();
  }

  send(text: string): void {
    const { socket } = this;
    if (!this.open || !socket || this.behind) return;
    if (socket.bufferedAmount > FULL_BYTES) {
      this.behind = setInterval(() => {
        if (socket.bufferedAmount > 0) return;
        this.caughtUp();
        this.ends.onWanted();
      }, LOOK_MS);
      return;
    }
    // Each piece says which of how many it is, and of the how manieth message: the reader sees when one is missing.
    const count = Math.ceil(text.length / PIECE);
    for (let at = 0; at < count; at += 1) socket.send(`${this.number}|${at}/${count}|${text.slice(at * PIECE, (at + 1) * PIECE)}`);
    this.number += 1;
  }

  /** A word of one's own, which is small and never left out while there is a connection. */
  say(message: object): void {
    if (this.open) this.socket?.send(JSON.stringify(message));
  }

  private caughtUp(): void {
    clearInterval(this.behind);
    this.behind = undefined;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const code = await this.once();
      if (!this.running) return;
      if (code === OVER || code === REFUSED) return this.end("over");
      if (code === ELSEWHERE) return this.end("elsewhere");
      if (navigator.onLine !== false && !this.ever) this.failures += 1;
      if (this.failures >= FAILURES) return this.end("lost");
      await this.pause.wait(this.backoff.next());
    }
  }

  private end(why: Parameters<ShareEnds["onEnd"]>[0]): void {
    this.stop();
    this.ends.onEnd(why);
  }

  /** One connection; resolves with the code with which it was closed. */
  private once(): Promise<number> {
    return new Promise((resolve) => {
      let socket: WebSocket;
      try {
        socket = this.ends.socket();
      } catch {
        resolve(0);
        return;
      }
      this.socket = socket;
      const connect = setTimeout(() => socket.close(), CONNECT_MS);
      socket.onopen = () => {
        clearTimeout(connect);
        socket.send(this.ends.first());
        this.open = true;
        this.ever = true;
        this.number = 0;
        this.ends.onWanted();
      };
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        this.backoff.reset();
        if (data.startsWith(">")) this.ends.onSaid(data.slice(1));
        else if (data === '{"op":"here"}') this.ends.onWanted();
      };
      socket.onclose = ({ code }) => {
        clearTimeout(connect);
        this.caughtUp();
        this.open = false;
        this.socket = null;
        resolve(code);
      };
    });
  }
}
