import type { Answer } from "./api.ts";
import { Backoff, Pause } from "./backoff.ts";
import type { Link } from "./store.ts";
import type { Frame } from "./types.ts";

const PING_MS = 25_000;
const PONG_MS = 10_000;
const CONNECT_MS = 8000;
const SOCKET_AGAIN_MS = 60_000;
const FAILURES = 2;
const GONE = 4401;
const REFUSED = 4404;

export interface Ends {
  socket: () => WebSocket;
  first: () => string;
  poll: (abort: AbortSignal) => Promise<Answer<Frame>>;
  onFrame: (frame: Frame) => void;
  onLink: (link: Link) => void;
  /** The server does not know us (any more): open anew. Resolves when that is done. */
  onUnknown: () => Promise<void>;
}

/** News of the chat: over a WebSocket, or by asking again and again where twice in a row none got through. */
export class Line {
  private running = false;
  /** It ends a while after it was stopped; begun again before that, it goes on. */
  private looping = false;
  private failures = 0;
  private socketFrom = 0;
  private socketAgain = SOCKET_AGAIN_MS;
  private readonly backoff = new Backoff();
  private readonly pause = new Pause();
  private socket: WebSocket | null = null;
  private polling: AbortController | null = null;
  private pong: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ends: Ends) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    if (!this.looping) void this.run();
  }

  stop(): void {
    this.running = false;
    this.socket?.close();
    this.polling?.abort();
    this.pause.cut();
  }

  /** The connection may be back, or dead without our knowing. */
  wake(): void {
    if (navigator.onLine !== false) this.failures = 0;
    this.pause.cut();
    this.ping(PONG_MS / 2);
  }

  /** Have the server look now: what just began it may not connect with this line yet. */
  look(): void {
    this.ping(PONG_MS);
    this.polling?.abort();
  }

  /** Begin the line anew, from what is known now. */
  again(): void {
    this.socket?.close();
    this.polling?.abort();
  }

  private async run(): Promise<void> {
    this.looping = true;
    while (this.running) {
      const bySocket = this.failures < FAILURES || Date.now() >= this.socketFrom;
      const well = bySocket ? await this.overSocket() : await this.byAsking();
      if (well || !this.running) this.backoff.reset();
      else await this.pause.wait(this.backoff.next());
    }
    this.looping = false;
    this.ends.onLink("idle");
  }

  /** Resolves when the socket has closed: whether it had told anything, or asking is due in its place. */
  private overSocket(): Promise<boolean> {
    return new Promise((resolve) => {
      let heard = false;
      let socket: WebSocket;
      try {
        socket = this.ends.socket();
      } catch {
        resolve(this.failed());
        return;
      }
      this.socket = socket;
      const connect = setTimeout(() => socket.close(), CONNECT_MS);
      const pings = setInterval(() => this.ping(PONG_MS), PING_MS);
      socket.onopen = () => socket.send(this.ends.first());
      socket.onmessage = ({ data }: MessageEvent<string>) => {
        clearTimeout(connect);
        clearTimeout(this.pong);
        this.pong = undefined;
        const told = JSON.parse(data) as Partial<Frame>;
        if (heard) this.ends.onLink("live");
        if (!told.state) return;
        heard = true;
        this.failures = 0;
        this.socketAgain = SOCKET_AGAIN_MS;
        this.backoff.reset();
        this.ends.onLink("live");
        this.ends.onFrame(told as Frame);
      };
      socket.onclose = ({ code }) => {
        clearTimeout(connect);
        clearInterval(pings);
        clearTimeout(this.pong);
        this.pong = undefined;
        this.socket = null;
        if (code === GONE || code === REFUSED) void this.ends.onUnknown().then(() => resolve(false));
        else if (heard) {
          if (this.running && navigator.onLine === false) this.ends.onLink("lost");
          resolve(navigator.onLine !== false);
        } else resolve(this.failed());
      };
    });
  }

  private failed(): boolean {
    if (navigator.onLine !== false) this.failures += 1;
    if (this.failures >= FAILURES) {
      this.socketFrom = Date.now() + this.socketAgain;
      this.socketAgain = Math.min(this.socketAgain * 2, 10 * SOCKET_AGAIN_MS);
      return true;
    }
    this.ends.onLink("lost");
    return false;
  }

  private async byAsking(): Promise<boolean> {
    const control = new AbortController();
    this.polling = control;
    const answer = await this.ends.poll(control.signal);
    this.polling = null;
    if (control.signal.aborted) return true;
    if (answer.ok) {
      this.ends.onLink("polling");
      this.ends.onFrame(answer.value);
      return true;
    }
    if (answer.status === 401 || answer.status === 404) {
      await this.ends.onUnknown();
      return false;
    }
    this.ends.onLink("lost");
    return false;
  }

  private ping(within: number): void {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send('{"op":"ping"}');
    this.pong ??= setTimeout(() => {
      this.pong = undefined;
      socket.close();
    }, within);
  }
}
