import type { Pending } from "./outbox.ts";
import { merged } from "./store.ts";
import type { Greeted, Message } from "./types.ts";

/** One line of the list. `first`, `last`: of what the same person wrote in one go. */
export type Row =
  | { kind: "day"; key: string; at: Date }
  | { kind: "event"; key: string; message: Message }
  | { kind: "message"; key: string; message: Message; first: boolean; last: boolean }
  | { kind: "pending"; key: string; pending: Pending; first: boolean; last: boolean };

const IN_ONE_GO_MS = 5 * 60_000;

const together = (one: Message | undefined, other: Message | undefined): boolean =>
  one !== undefined && other !== undefined && one.kind === "text" && other.kind === "text" && one.author === other.author &&
  one.name === other.name && Math.abs(Date.parse(other.at) - Date.parse(one.at)) < IN_ONE_GO_MS;

/** With the greeting that was taken up in its place; the thread has it once it was answered. */
export function withGreeting(messages: Message[], greeted: Greeted | null): Message[] {
  if (!greeted) return messages;
  const { text, after, at } = greeted;
  return merged(messages, [{ seq: after + 0.5, author: "system", name: "", kind: "event", body: "", data: { event: "greeted", text }, attachments: [], client_id: null, at }]);
}

/** Days are told apart once there is more than today. */
export function rowsOf(messages: Message[], pending: Pending[], today: Date): Row[] {
  const rows: Row[] = [];
  let day = today.toDateString();
  messages.forEach((message, at) => {
    const written = new Date(message.at);
    if (written.toDateString() !== day) {
      day = written.toDateString();
      rows.push({ kind: "day", key: `day ${day}`, at: written });
    }
    if (message.kind === "event") rows.push({ kind: "event", key: `${message.seq}`, message });
    else {
      const key = message.client_id ?? `${message.seq}`;
      rows.push({ kind: "message", key, message, first: !together(messages[at - 1], message), last: !together(message, messages[at + 1]) });
    }
  });
  pending.forEach((one, at) => {
    const before = at === 0 && messages.at(-1)?.author === "customer" && messages.at(-1)?.kind === "text";
    rows.push({ kind: "pending", key: one.client_id, pending: one, first: at === 0 && !before, last: at === pending.length - 1 });
  });
  return rows;
}
