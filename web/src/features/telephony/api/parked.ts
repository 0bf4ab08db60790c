/** By the name of the event that fetches it anew. */
export const PARKED = ["parked.changed"] as const;
