export const VIEWS = ["mine", "waiting", "open", "unread", "snoozed", "closed", "all"] as const;
export type View = (typeof VIEWS)[number];

/** What the inbox shows; it lives in the address, so that it can be kept, shared and gone back to. */
export interface Narrowed { view?: View; q?: string; channel?: string; queue_id?: string; user_id?: string; tag?: string }
