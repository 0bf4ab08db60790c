import type { QueryClient } from "@tanstack/react-query";
import { Problem } from "@/shared/api/problem";
import type { Attachment, Id } from "@/shared/api/types";
import { sendLetter } from "./api/letters";
import { type Later, putScheduled, sendScheduled } from "./api/scheduled";
import { putMessage, sendMessage, threadQuery } from "./api/threads";
import type { Heading } from "./letter";

/** Written and not yet acknowledged. `refused`: the server's answer, after which it is not sent again by itself. */
export interface Unsent { client_id: string; conversation_id: Id; kind: "text" | "note"; body: string; attachments?: Attachment[]; heading?: Heading; /** Not at once. */ later?: Later; mentions?: Id[]; at: string; refused: { status: number; code: string; detail: string; fields: Record<string, string> } | null }

const AGAIN_MS = 2500;
const KEEP_MS = 24 * 3600 * 1000;
const NONE: readonly Unsent[] = [];

/**
 * What this agent wrote, kept on this machine until the server has it: it outlives a lost network and a reload. The same
 * message may be sent twice (by two tabs, or when an answer was lost); the server knows it by its `client_id`.
 */
export class Outbox {
  private rows: readonly Unsent[];
  private readonly listeners = new Set<() => void>();
  private running = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly key: string;

  constructor(userId: Id, private readonly queries: QueryClient) {
    this.key = `tongdai.outbox.${userId}`;
    this.rows = this.read().filter((row) => Date.now() - Date.parse(row.at) < KEEP_MS);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): readonly Unsent[] => this.rows;

  /** Sends what a reload left over, and again whenever the network is back. */
  start(): () => void {
    const hurry = () => void this.pump();
    const elsewhere = (event: StorageEvent) => {
      if (event.key === this.key) this.show(this.read());
    };
    window.addEventListener("online", hurry);
    window.addEventListener("storage", elsewhere);
    hurry();
    return () => {
      window.removeEventListener("online", hurry);
      window.removeEventListener("storage", elsewhere);
      if (this.timer) clearTimeout(this.timer);
      this.timer = null;
    };
  }

  write(conversation_id: Id, kind: "text" | "note", body: string, attachments: Attachment[] = [], heading?: Heading, later?: Later, mentions?: Id[]): void {
    this.change((rows) => [...rows, { client_id: crypto.randomUUID(), conversation_id, kind, body, attachments, heading, later, mentions, at: new Date().toISOString(), refused: null }]);
    void this.pump();
  }

  again(client_id: string): void {
    this.change((rows) => rows.map((row) => (row.client_id === client_id ? { ...row, refused: null } : row)));
    void this.pump();
  }

  remove(client_id: string): void {
    this.change((rows) => rows.filter((row) => row.client_id !== client_id));
  }

  /** One after the other: they arrive in the order in which they were written. */
  private async pump(): Promise<void> {
    if (this.running) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.running = true;
    try {
      for (let next = this.next(); next; next = this.next()) {
        if (!(await this.send(next))) return;
      }
    } finally {
      this.running = false;
    }
  }

  private next(): Unsent | undefined {
    return this.rows.find((row) => row.refused === null);
  }

  private async send(row: Unsent): Promise<boolean> {
    const { conversation_id, client_id, kind, body, attachments = [], heading, later, mentions = [] } = row;
    const files = attachments.map((one) => one.id);
    try {
      if (later) {
        putScheduled(this.queries, await sendScheduled(conversation_id, later, heading, { client_id, body, attachments: files }));
        this.remove(client_id);
        return true;
      }
      const message = heading
        ? await sendLetter(conversation_id, heading, { client_id, body, attachments: files })
        : await sendMessage(conversation_id, { client_id, kind, body, attachments: files, mentions });
      if (!putMessage(this.queries, message)) void this.queries.invalidateQueries({ queryKey: threadQuery(conversation_id).queryKey });
      this.remove(client_id);
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const passing = error.status === 0 || error.status >= 500 || error.status === 429 || error.status === 401;
      if (passing) {
        this.timer = setTimeout(() => void this.pump(), (error.retryAfter ?? 0) * 1000 || AGAIN_MS);
        return false;
      }
      const { status, code, message: detail, fields } = error;
      this.change((rows) => rows.map((one) => (one.client_id === client_id ? { ...one, refused: { status, code, detail, fields } } : one)));
      return true;
    }
  }

  private change(how: (rows: readonly Unsent[]) => readonly Unsent[]): void {
    const rows = how(this.read());
    if (rows.length > 0) localStorage.setItem(this.key, JSON.stringify(rows));
    else localStorage.removeItem(this.key);
    this.show(rows);
  }

  private show(rows: readonly Unsent[]): void {
    this.rows = rows;
    this.listeners.forEach((tell) => tell());
  }

  private read(): readonly Unsent[] {
    const kept = localStorage.getItem(this.key);
    return kept ? (JSON.parse(kept) as Unsent[]) : NONE;
  }
}

let made: { userId: Id; outbox: Outbox } | null = null;

/** The outbox of who is signed in here. */
export function outboxOf(userId: Id, queries: QueryClient): Outbox {
  if (made?.userId !== userId) made = { userId, outbox: new Outbox(userId, queries) };
  return made.outbox;
}
