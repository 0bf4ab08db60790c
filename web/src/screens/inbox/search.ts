import { type Narrowed, type View, VIEWS } from "@/features/conversations/narrowed";

export interface InboxSearch extends Narrowed { id?: string }
const TEXTS = ["q", "channel", "queue_id", "user_id", "tag", "id"] as const;

/** The address may say anything. */
export function inboxSearch(search: Record<string, unknown>): InboxSearch {
  const found: InboxSearch = {};
  if (VIEWS.includes(search["view"] as View)) found.view = search["view"] as View;
  for (const name of TEXTS) {
    const value = search[name];
    if ((typeof value === "string" && value) || typeof value === "number") found[name] = String(value);
  }
  return found;
}
