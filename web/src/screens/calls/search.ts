/** The call log's filters live in the address, so that a view can be kept, shared and gone back to. */
export interface CallSearch {
  q?: string;
  from?: string;
  to?: string;
  queue_id?: string;
  user_id?: string;
  channel?: string;
  direction?: string;
  result?: string;
  disposition_id?: string;
  min_talk_s?: number;
  recording?: string;
}

const TEXTS = ["q", "from", "to", "queue_id", "user_id", "channel", "direction", "result", "disposition_id", "recording"] as const;

export function callSearch(search: Record<string, unknown>): CallSearch {
  const found: CallSearch = {};
  for (const key of TEXTS) {
    const value = search[key];
    // A number typed as a search arrives parsed: +84… and 0912… must stay what was typed.
    if ((typeof value === "string" && value !== "") || typeof value === "number") found[key] = String(value);
  }
  const minimum = Number(search["min_talk_s"]);
  if (Number.isFinite(minimum) && minimum > 0) found.min_talk_s = minimum;
  return found;
}
