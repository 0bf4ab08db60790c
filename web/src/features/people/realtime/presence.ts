import type { RealtimeHandler } from "@/shared/realtime/context";
import { presenceQuery } from "../api/presence";

export const presenceRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "presence.changed") queries.setQueryData(presenceQuery.queryKey, event.data);
  },
  resync: (topic) => (topic === "me" ? [presenceQuery.queryKey] : []),
};
