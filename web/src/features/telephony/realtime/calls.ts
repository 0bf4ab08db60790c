import type { Call } from "@/shared/api/types";
import type { RealtimeHandler } from "@/shared/realtime/context";
import { callQuery } from "../api/calls";

export const callRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type !== "call.changed") return;
    const next = event.data;
    queries.setQueryData(callQuery.queryKey, (old: Call | null | undefined) => {
      if (next.state !== "ended") return next;
      // The end of an earlier call must not wipe the one that is up.
      return old && old.id !== next.id ? old : null;
    });
  },
  resync: (topic) => (topic === "me" ? [callQuery.queryKey] : []),
};
