import type { Assignment, EventData } from "@/shared/api/types";
import type { RealtimeHandler } from "@/shared/realtime/context";
import { assignmentsQuery, replaceById } from "../api/assignments";

export type Removed = EventData["assignment.removed"];
const watchers = new Set<(row: Assignment, why: Removed["why"]) => void>();

/** Tells why an offer went away, once, to whoever shows notices. */
export function onRemoved(watcher: (row: Assignment, why: Removed["why"]) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const assignmentRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    const key = assignmentsQuery.queryKey;
    if (event.type === "assignment.changed") {
      queries.setQueryData(key, (rows: Assignment[] | undefined) => replaceById(rows, event.data));
    } else if (event.type === "assignment.removed") {
      const { id, why } = event.data;
      const row = queries.getQueryData(key)?.find((other) => other.id === id);
      queries.setQueryData(key, (rows: Assignment[] | undefined) => rows?.filter((other) => other.id !== id));
      if (row) watchers.forEach((tell) => tell(row, why));
    } else if (event.type === "thread.changed") {
      const thread = event.data;
      queries.setQueryData(key, (rows: Assignment[] | undefined) =>
        rows?.map((row) => (row.thread?.conversation_id === thread.conversation_id ? { ...row, thread } : row)));
    }
  },
  resync: (topic) => (topic === "me" ? [assignmentsQuery.queryKey] : []),
};
