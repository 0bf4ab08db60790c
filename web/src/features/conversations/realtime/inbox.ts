import type { QueryClient } from "@tanstack/react-query";
import type { Links, Thread } from "@/shared/api/types";
import { serverNow } from "@/shared/format/clock";
import type { RealtimeHandler } from "@/shared/realtime/context";

const SOON_MS = 300;
const PAUSE_MS = 3000;
let waiting: ReturnType<typeof setTimeout> | null = null;
let looked = 0;

/** What changes now and then is seen at once; however much is written, the lists are asked for once in three seconds. */
function look(queries: QueryClient): void {
  waiting ??= setTimeout(() => {
    waiting = null;
    looked = Date.now();
    void queries.invalidateQueries({ queryKey: ["inbox", "list"] });
    void queries.invalidateQueries({ queryKey: ["inbox", "counts"] });
  }, Math.max(SOON_MS, looked + PAUSE_MS - Date.now()));
}

export const inboxRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "conversation.changed") {
      look(queries);
      void queries.invalidateQueries({ queryKey: ["inbox", "one", event.data.id] });
      // Open are its own links, and those of a conversation that shows it.
      void queries.invalidateQueries({ queryKey: ["links"], predicate: ({ queryKey: [, id], state }) => id === event.data.id || ((state.data as Links | undefined)?.links ?? []).some((one) => one.conversation.id === event.data.id) });
      // What waits in one's queue is one's own to read before one has it, though its messages are not told.
      const queryKey = ["thread", event.data.id];
      if (queries.getQueryData<Thread>(queryKey)?.writable === false) void queries.invalidateQueries({ queryKey });
    } else if (event.type === "colleague.here") {
      queries.setQueryData(["here", event.data.conversation_id], (old: object | undefined) => ({ ...old, [event.data.user.id]: { ...event.data, at: serverNow() } }));
    }
  },
  resync: (topic) => (topic === "inbox" ? [["inbox"], ["links"]] : []),
};
