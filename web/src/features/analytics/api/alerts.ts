import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { AlertMeasure, BoardAlert, BoardAlerts, Id, Page } from "@/shared/api/types";
import { dayStart } from "@/shared/format/day";

/** The alerts that are not cleared. */
export const alertsQuery = queryOptions({ queryKey: ["alerts", "open"], queryFn: () => http.get<BoardAlerts>("/live/alerts"), staleTime: 30_000, meta: { live: true } });

export interface AlertsAsked { measure: AlertMeasure | null; queue_id: Id | null; user_id: Id | null; from: string; to: string }

export const alertLogQuery = ({ measure, queue_id, user_id, from, to }: AlertsAsked, zone: string) => infiniteQueryOptions({
  queryKey: ["alerts", "log", measure, queue_id, user_id, from, to, zone],
  queryFn: ({ pageParam, signal }) => http.get<Page<BoardAlert>>("/live/alerts/log", {
    cursor: pageParam, limit: 50, measure, queue_id, user_id, since: from ? dayStart(from, zone) : undefined, until: to ? dayStart(to, zone, 1) : undefined,
  }, signal),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
  placeholderData: keepPreviousData,
  staleTime: 0,
});

export function useAcknowledge() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, off }: { id: Id; off?: boolean }) => http[off ? "delete" : "post"]<BoardAlert>(`/live/alerts/${id}/acknowledge`),
    onSuccess: (alert) => queries.setQueryData(alertsQuery.queryKey, (open: BoardAlerts | undefined) => open && withAlert(open, alert)),
  });
}

/** Pure: the open alerts with this one as it is now; one that is cleared goes. The newest stands first. */
export function withAlert(open: BoardAlerts, alert: BoardAlert): BoardAlerts {
  const known = open.alerts.some((one) => one.id === alert.id);
  const alerts = alert.cleared_at ? open.alerts.filter((one) => one.id !== alert.id) : known ? open.alerts.map((one) => (one.id === alert.id ? alert : one)) : [alert, ...open.alerts];
  return { ...open, alerts };
}
