import type { InboxView } from "@/shared/api/types";

export const VIEWS = ["mine", "waiting", "open", "unread", "followed", "mentioned", "snoozed", "scheduled", "closed", "all"] as const;
export type View = (typeof VIEWS)[number];

/** What the inbox shows; it lives in the address, so that it can be kept, shared and gone back to. */
export interface Narrowed { view?: View; q?: string; channel?: string; queue_id?: string; user_id?: string; tag?: string }

const PARTS = ["q", "channel", "queue_id", "user_id", "tag"] as const;

/** What a kept view asks for. */
export function narrowedOf({ narrowing }: InboxView): Narrowed {
  const found: Narrowed = { view: narrowing.view };
  for (const part of PARTS) if (narrowing[part]) found[part] = narrowing[part];
  return found;
}

export const sameNarrowing = (one: Narrowed, other: Narrowed): boolean => (one.view ?? "open") === (other.view ?? "open") && PARTS.every((part) => (one[part] ?? "") === (other[part] ?? ""));
