import type { Call, Watch } from "@/shared/api/types";
import type { RealtimeHandler } from "@/shared/realtime/context";
import { callQuery } from "../api/calls";
import { forwardingQuery } from "../api/forwarding";
import { newVoicemailsQuery } from "../api/newVoicemails";
import { PARKED } from "../api/parked";
import { watchQuery } from "../api/watch";

export const callRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "watch.changed") {
      const watch = event.data;
      queries.setQueryData(watchQuery.queryKey, (old: Watch | null | undefined) => (watch.state !== "gone" ? watch : old && old.id !== watch.id ? old : null));
    }
    if (event.type === "voicemails.changed") {
      queries.setQueryData(newVoicemailsQuery.queryKey, event.data);
      void queries.invalidateQueries({ queryKey: ["voicemails"] });
    }
    // What goes by the name of an event is fetched anew by it.
    void queries.invalidateQueries({ queryKey: [event.type] });
    if (event.type === "forwarding.changed") queries.setQueryData(forwardingQuery(null).queryKey, event.data);
    if (event.type !== "call.changed") return;
    const next = event.data;
    if (next.unreached) void import("./unreached").then(({ tellUnreached }) => tellUnreached(next));
    queries.setQueryData(callQuery.queryKey, (old: Call | null | undefined) => {
      if (next.state !== "ended") return next;
      // The end of an earlier call must not wipe the one that is up.
      return old && old.id !== next.id ? old : null;
    });
  },
  resync: (topic) => (topic === "me" ? [callQuery.queryKey, watchQuery.queryKey, forwardingQuery(null).queryKey, newVoicemailsQuery.queryKey, PARKED] : []),
};
