import type { Answer } from "./api.ts";
import { Backoff, Pause } from "./backoff.ts";
import { newId } from "./outbox.ts";
import type { Attachment } from "./types.ts";

export const MOST_BYTES = 20 * 1024 * 1024;
export const MOST_FILES = 10;
const TRIES = 5;

/** Why a file does not go; each has words of its own. */
export type Why = "tooBig" | "empty" | "kind" | "tooMany" | "most" | "failed";
const WHY: Record<string, Why> = { file_too_big: "tooBig", file_empty: "empty", file_kind: "kind", too_many_files: "tooMany" };

/** A file on its way up. `share`: how much of it is there; `done`: it is, and waits for the message that carries it. */
export interface Upload {
  client_id: string;
  file: File;
  share: number;
  done: Attachment | null;
  why: Why | null;
}

type Put = (one: Upload, abort: AbortSignal, onShare: (share: number) => void) => Promise<Answer<Attachment>>;

/** The files of the message that is being written. They go up as soon as they are chosen, again when the network was lost. */
export class Uploads {
  list: readonly Upload[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly going = new Map<string, AbortController>();
  private readonly pause = new Pause();

  constructor(private readonly put: Put) {
    window.addEventListener("online", () => this.pause.cut());
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Some are not up yet. */
  get busy(): boolean {
    return this.list.some((one) => !one.done && !one.why);
  }

  /** Once none is on its way any more. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        if (this.busy) return;
        stop();
        resolve();
      });
    });
  }

  get ready(): Attachment[] {
    return this.list.flatMap((one) => one.done ?? []);
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const room = this.list.filter((one) => !one.why).length < MOST_FILES;
      const why = !room ? "most" : file.size > MOST_BYTES ? "tooBig" : file.size === 0 ? "empty" : null;
      const one: Upload = { client_id: newId(), file, share: 0, done: null, why };
      this.list = [...this.list, one];
      if (!why) void this.run(one);
    }
    this.told();
  }

  again({ client_id, file }: Upload): void {
    const one: Upload = { client_id, file, share: 0, done: null, why: null };
    this.change(client_id, one);
    void this.run(one);
  }

  drop({ client_id }: Upload): void {
    this.going.get(client_id)?.abort();
    this.going.delete(client_id);
    this.list = this.list.filter((one) => one.client_id !== client_id);
    this.told();
  }

  /** What is up goes with a message; the rest stays. */
  take(): Attachment[] {
    const { ready } = this;
    this.list = this.list.filter((one) => !one.done);
    this.told();
    return ready;
  }

  private async run(one: Upload): Promise<void> {
    const control = new AbortController();
    this.going.set(one.client_id, control);
    const backoff = new Backoff();
    for (let tries = 0; !control.signal.aborted; ) {
      const answer = await this.put(one, control.signal, (share) => this.change(one.client_id, { share }));
      if (control.signal.aborted) return;
      const passing = !answer.ok && (answer.status === 0 || answer.status === 401 || (answer.status >= 500 && answer.status !== 507));
      if (navigator.onLine !== false) tries += 1;
      if (answer.ok || !passing || tries >= TRIES) {
        this.going.delete(one.client_id);
        this.change(one.client_id, answer.ok ? { done: answer.value, share: 1 } : { why: WHY[answer.code] ?? "failed" });
        return;
      }
      this.change(one.client_id, { share: 0 });
      await this.pause.wait(backoff.next());
    }
  }

  private change(client_id: string, part: Partial<Upload>): void {
    this.list = this.list.map((one) => (one.client_id === client_id ? { ...one, ...part } : one));
    this.told();
  }

  private told(): void {
    for (const listener of this.listeners) listener();
  }
}
