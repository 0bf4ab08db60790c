import type { BoardAlert, BoardAlerts } from "@/shared/api/types";
import { serverNow } from "@/shared/format/clock";
import type { RealtimeHandler } from "@/shared/realtime/context";
import { alertsQuery, withAlert } from "../api/alerts";

const FRESH_MS = 60_000;
const watchers = new Set<(alert: BoardAlert) => void>();
const told = new Set<string>();

/** Tells of each alert that is raised, once, to whoever shows notices. What was missed for a minute is on the board. */
export function onAlert(watcher: (alert: BoardAlert) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export const alertRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type !== "alert.changed") return;
    const alert = event.data;
    queries.setQueryData(alertsQuery.queryKey, (open: BoardAlerts | undefined) => open && withAlert(open, alert));
    if (told.has(alert.id)) return;
    told.add(alert.id);
    if (!alert.cleared_at && !alert.acknowledged_at && serverNow() - Date.parse(alert.raised_at) < FRESH_MS) watchers.forEach((tell) => tell(alert));
  },
  resync: (topic) => (topic === "alerts" ? [alertsQuery.queryKey] : []),
};
