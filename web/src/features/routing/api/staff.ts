import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { QueueStaff, Staffed, Staffing } from "@/shared/api/types";

export const staffQuery = queryOptions({ queryKey: ["queues", "staff"], queryFn: () => http.get<QueueStaff[]>("/queues/staff"), staleTime: 0 });

/** One request, one transaction. What really changed comes back, and undoes it the other way round. */
export function useMoveAgents() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Staffing) => http.post<Staffed>("/queues/staff", wanted),
    onSettled: () => queries.invalidateQueries({ queryKey: staffQuery.queryKey }),
  });
}
