import type { QueryClient } from "@tanstack/react-query";
import type { Thread } from "@/shared/api/types";
import { serverNow } from "@/shared/format/clock";
import type { RealtimeHandler } from "@/shared/realtime/context";

const PAUSE_MS = 1000;
let waiting: ReturnType<typeof setTimeout> | null = null;

/** However much is written, the lists are asked for once a second. */
function look(queries: QueryClient): void {
  waiting ??= setTimeout(() => {
    waiting = null;
    void queries.invalidateQueries({ queryKey: ["inbox"] });
  }, PAUSE_MS);
}

export const inboxRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "conversation.changed") {
      look(queries);
      // What waits in one's queue is one's own to read before one has it, though its messages are not told.
      const queryKey = ["thread", event.data.id];
      if (queries.getQueryData<Thread>(queryKey)?.writable === false) void queries.invalidateQueries({ queryKey });
    } else if (event.type === "colleague.here") {
      queries.setQueryData(["here", event.data.conversation_id], (old: object | undefined) => ({ ...old, [event.data.user.id]: { ...event.data, at: serverNow() } }));
    }
  },
  resync: (topic) => (topic === "inbox" ? [["inbox"]] : []),
};
