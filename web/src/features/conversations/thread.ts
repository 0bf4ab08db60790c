import type { Linked, Message } from "@/shared/api/types";
import { mailOf } from "./mail";

/** What a reader takes in at once: a day's beginning, something that happened, or what one author wrote without a pause. */
export type Part =
  | { kind: "day"; key: string; at: string }
  | { kind: "event"; key: string; message: Message }
  | { kind: "group"; key: string; messages: [Message, ...Message[]] };

const PAUSE_MS = 5 * 60_000;

export const dayOf = (at: string | number, zone: string): string => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(at));

/** Who wrote a customer's e-mail: not always the customer. */
const writerOf = (message: Message): string | undefined => (message.author === "customer" ? mailOf(message)?.sender.address : undefined);

const goesOn = (before: Message, now: Message): boolean =>
  writerOf(before) === writerOf(now) && before.author === now.author && before.user?.id === now.user?.id && before.kind === now.kind && Date.parse(now.at) - Date.parse(before.at) < PAUSE_MS;

export function partsOf(messages: readonly Message[], zone: string): Part[] {
  const parts: Part[] = [];
  let day = "";
  for (const message of messages) {
    const its = dayOf(message.at, zone);
    if (its !== day) parts.push({ kind: "day", key: its, at: message.at });
    day = its;
    const last = parts.at(-1);
    if (message.kind === "event") parts.push({ kind: "event", key: message.id, message });
    else if (last?.kind === "group" && goesOn(last.messages[last.messages.length - 1] ?? last.messages[0], message)) last.messages.push(message);
    else parts.push({ kind: "group", key: message.id, messages: [message] });
  }
  return parts;
}

export type Shown = Part | { kind: "merged"; key: string; linked: Linked };
const beginOf = (part: Part): string => (part.kind === "day" ? part.at : part.kind === "event" ? part.message.at : part.messages[0].at);

/** With what is merged into the thread, each as a whole where its last message would stand. What belongs before all that is loaded waits while there is `more`. */
export function withMerged(parts: readonly Part[], merged: readonly Linked[], more: boolean): Shown[] {
  const shown: Shown[] = [...parts];
  for (const linked of [...merged].sort((one, other) => one.conversation.last_at.localeCompare(other.conversation.last_at))) {
    const after = parts.find((part) => Date.parse(beginOf(part)) > Date.parse(linked.conversation.last_at));
    if (after && after === parts[0] && more) continue;
    shown.splice(after ? shown.indexOf(after) : shown.length, 0, { kind: "merged", key: linked.conversation.id, linked });
  }
  return shown;
}

/** Under which message it says how far the customer has seen: the last of ours that they have, and the last that they have not. */
export function marksOf(messages: readonly Message[], seenSeq: number): Map<number, "seen" | "sent"> {
  const ours = messages.filter((one) => one.author === "agent" && one.kind === "text");
  const marks = new Map<number, "seen" | "sent">();
  const last = ours.at(-1);
  const seen = ours.findLast((one) => one.seq <= seenSeq);
  if (last) marks.set(last.seq, "sent");
  if (seen) marks.set(seen.seq, "seen");
  return marks;
}

/** Text with its web addresses apart, so that they can be clicked. */
export function linked(text: string): { text: string; href?: string }[] {
  const parts: { text: string; href?: string }[] = [];
  let from = 0;
  for (const { 0: url, index } of text.matchAll(/https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g)) {
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: url, href: url });
    from = index + url.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}
