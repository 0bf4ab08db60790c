import type { RealtimeHandler } from "@/shared/realtime/context";

const KEY = ["callbacks"] as const;

/** A callback moves seldom, and into other lists: they are fetched anew. */
export const callbackRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "callback.changed") void queries.invalidateQueries({ queryKey: KEY });
  },
  resync: (topic) => (topic === "callbacks" ? [KEY] : []),
};
