import type { Answer } from "./api.ts";
import { Backoff, Pause } from "./backoff.ts";
import type { Outbox, Pending } from "./outbox.ts";
import type { Message } from "./types.ts";

const TOO_FAST_MS = 3000;

export interface Post {
  write: (one: Pending) => Promise<Answer<Message>>;
  onTaken: (one: Pending, message: Message) => Promise<void>;
  /** What was sent needs to say who writes. */
  onAsked: () => void;
  /** The server wants proof of who writes. Whether there is some now. */
  onProof: (code: string) => Promise<boolean>;
  onRefused: (one: Pending) => void;
  onUnknown: () => Promise<void>;
  onLost: () => void;
}

/** Sends what is in the outbox, one after the other, each until the server has taken it. */
export class Sender {
  private running = false;
  private allowed = false;
  private readonly backoff = new Backoff();
  private readonly pause = new Pause();

  constructor(
    private readonly outbox: Outbox,
    private readonly post: Post,
  ) {}

  start(): void {
    this.allowed = true;
    void this.run();
  }

  stop(): void {
    this.allowed = false;
    this.pause.cut();
  }

  /** There is something new to send, or the connection may be back. */
  wake(): void {
    this.pause.cut();
    void this.run();
  }

  /** Another tab may have written something. */
  look(): void {
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (let one = this.outbox.next(); one && this.allowed; one = this.outbox.next()) {
        const wait = await this.deliver(one);
        if (wait === "stop") return;
        if (wait > 0 && this.allowed) await this.pause.wait(wait);
      }
    } finally {
      this.running = false;
    }
  }

  /** How long (ms) to wait before the next try; "stop": until somebody does something. */
  private async deliver(one: Pending): Promise<number | "stop"> {
    const answer = await this.post.write(one);
    if (answer.ok) {
      this.backoff.reset();
      await this.post.onTaken(one, answer.value);
      return 0;
    }
    if (answer.status === 401) await this.post.onUnknown();
    else if (answer.status === 403 && answer.code.startsWith("identity_")) return (await this.post.onProof(answer.code)) ? this.backoff.next() : "stop";
    else if (answer.status === 404) {
      await this.post.onUnknown();
      return "stop";
    } else if (answer.status === 429) return answer.wait ?? TOO_FAST_MS;
    else if (answer.status === 422 && answer.fields.some((field) => field.includes("about."))) {
      this.post.onAsked();
      return "stop";
    } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 408) {
      this.post.onRefused(one);
      return 0;
    } else this.post.onLost();
    return this.backoff.next();
  }
}
