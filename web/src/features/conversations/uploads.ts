import i18next from "i18next";
import { Problem } from "@/shared/api/problem";
import type { Attachment, Id } from "@/shared/api/types";
import { uploadFile } from "./api/attachments";

const MOST_BYTES = 20 * 1024 * 1024;
const MOST_FILES = 10;
const AGAIN_MS = 2500;
const TRIES = 5;

/** A file on its way up. `share`: how much of it is there; `done`: it is, and waits for the message that carries it. */
export interface Upload { client_id: string; file: File; share: number; done: Attachment | null; problem: Problem | null }
type Put = (client_id: string, file: File, abort: AbortSignal, onShare: (share: number) => void) => Promise<Attachment>;

function wrongAtOnce(file: File, room: boolean): Problem | null {
  if (!room) return new Problem({ status: 422, code: "invalid", detail: "", fields: { attachments: i18next.t("chat.filesMost", { count: MOST_FILES }) } });
  const code = file.size > MOST_BYTES ? "file_too_big" : file.size === 0 ? "file_empty" : null;
  return code && new Problem({ status: 422, code, detail: i18next.t(`problem.${code}`) });
}

/** The files of the message that is being written. They go up as soon as they are chosen, again when the network was lost. */
export class Uploads {
  private rows: readonly Upload[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly going = new Map<string, AbortController>();

  constructor(private readonly put: Put) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): readonly Upload[] => this.rows;

  /** Some are not up yet. */
  get busy(): boolean {
    return this.rows.some((one) => !one.done && !one.problem);
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const room = this.rows.filter((one) => !one.problem).length < MOST_FILES;
      const one: Upload = { client_id: crypto.randomUUID(), file, share: 0, done: null, problem: wrongAtOnce(file, room) };
      this.show([...this.rows, one]);
      if (!one.problem) void this.run(one);
    }
  }

  /** Files of a message that was taken back: they are up already. */
  restore(files: readonly Attachment[]): void {
    this.show([...this.rows, ...files.map((done) => ({ client_id: crypto.randomUUID(), file: new File([], done.name), share: 1, done, problem: null }))]);
  }

  again(one: Upload): void {
    this.change(one.client_id, { share: 0, problem: null });
    void this.run(one);
  }

  drop({ client_id }: Upload): void {
    this.going.get(client_id)?.abort();
    this.show(this.rows.filter((one) => one.client_id !== client_id));
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

  /** What is up goes with a message; the rest stays. */
  take(): Attachment[] {
    const ready = this.rows.flatMap((one) => one.done ?? []);
    this.show(this.rows.filter((one) => !one.done));
    return ready;
  }

  private async run({ client_id, file }: Upload): Promise<void> {
    const control = new AbortController();
    this.going.set(client_id, control);
    for (let tries = 1; !control.signal.aborted; tries += navigator.onLine ? 1 : 0) {
      try {
        const done = await this.put(client_id, file, control.signal, (share) => this.change(client_id, { share }));
        this.change(client_id, { done, share: 1 });
        return;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const passing = error.status === 0 || error.status === 429 || (error.status >= 500 && error.code !== "no_room");
        if (!passing || tries >= TRIES) {
          this.change(client_id, { problem: error });
          return;
        }
        this.change(client_id, { share: 0 });
        await this.pause((error.retryAfter ?? 0) * 1000 || AGAIN_MS);
      }
    }
  }

  /** Until then, or until the network is back. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        window.removeEventListener("online", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      window.addEventListener("online", end);
    });
  }

  private change(client_id: string, part: Partial<Upload>): void {
    this.show(this.rows.map((one) => (one.client_id === client_id ? { ...one, ...part } : one)));
  }

  private show(rows: readonly Upload[]): void {
    this.rows = rows;
    this.listeners.forEach((tell) => tell());
  }
}

const begun = new Map<Id, Uploads>();

/** Those of one conversation: they go on while another is looked at. */
export function uploadsOf(conversationId: Id): Uploads {
  const known = begun.get(conversationId) ?? new Uploads((...upload) => uploadFile(conversationId, ...upload));
  begun.set(conversationId, known);
  return known;
}
