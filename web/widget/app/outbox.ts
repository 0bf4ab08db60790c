import type { Fact } from "../bridge.ts";
import type { Kept } from "./storage.ts";
import type { Attachment } from "./types.ts";

/** A message that the server has not acknowledged yet. */
export interface Pending {
  client_id: string;
  body: string;
  pressed?: string;
  /** What was uploaded for it. */
  files?: Attachment[];
  page: string;
  /** Which greeting it answers. */
  greeting?: string;
  /** What the page had told until then. */
  attributes?: Record<string, Fact>;
  /** When it was written (ms), and a number that orders those of the same instant. */
  at: number;
  order: number;
  /** It cannot be sent as it is; it waits for its writer. */
  refused?: boolean;
}

const OUT = "out:";
let written = 0;

/** Each message under a name of its own: tabs that write at once do not overwrite each other's. */
export class Outbox {
  constructor(private readonly kept: Kept) {}

  add(said: Pick<Pending, "body" | "page" | "pressed" | "files" | "greeting" | "attributes">): Pending {
    const one: Pending = { ...said, client_id: newId(), at: Date.now(), order: written++ };
    this.put(one);
    return one;
  }

  put(one: Pending): void {
    this.kept.set(OUT + one.client_id, JSON.stringify(one));
  }

  remove(client_id: string): void {
    this.kept.set(OUT + client_id, null);
  }

  /** In the order in which they were written. */
  list(): Pending[] {
    const all = this.kept.names(OUT).flatMap((id) => {
      const text = this.kept.get(OUT + id);
      return text === null ? [] : [JSON.parse(text) as Pending];
    });
    return all.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  next(): Pending | undefined {
    return this.list().find((one) => !one.refused);
  }
}

/** A random UUID; on a site without HTTPS browsers have no function for it. */
export function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  const hex = bytes.map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0"));
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
