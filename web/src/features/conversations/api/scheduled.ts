import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, ScheduledReply } from "@/shared/api/types";
import { type Heading, wishOf } from "../letter";

/** When a reply goes out: null, once it cannot be taken back any more. */
export interface Later { due_at: string | null; only_if_unanswered: boolean }

const path = (id: Id): string => `/conversations/${id}/scheduled`;

export const scheduledQuery = (id: Id) => queryOptions({ queryKey: ["scheduled", id], queryFn: ({ signal }) => http.get<ScheduledReply[]>(path(id), undefined, signal), staleTime: 0, meta: { live: true } });

/** In place of what is known of it; gone when it waits no longer. */
export function putScheduled(queries: QueryClient, row: ScheduledReply): void {
  queries.setQueryData(scheduledQuery(row.conversation_id).queryKey, (rows) => {
    const others = (rows ?? []).filter((one) => one.id !== row.id);
    return row.state === "waiting" || row.state === "stopped" ? [...others, row].sort((one, other) => one.due_at.localeCompare(other.due_at)) : others;
  });
}

export const sendScheduled = (id: Id, later: Later, heading: Heading | undefined, body: { client_id: string; body: string; attachments: Id[] }): Promise<ScheduledReply> =>
  http.post<ScheduledReply>(path(id), { ...body, ...later, heading: heading ? wishOf(heading) : null });

function useReply<Input>(call: (input: Input) => Promise<ScheduledReply>, id: Id) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: (row) => putScheduled(queries, row),
    onError: () => void queries.invalidateQueries({ queryKey: scheduledQuery(id).queryKey }),
  });
}
export const useWithdraw = (id: Id) => useReply((reply: Id) => http.delete<ScheduledReply>(`${path(id)}/${reply}`), id);
export const useSendNow = (id: Id) => useReply((reply: Id) => http.post<ScheduledReply>(`${path(id)}/${reply}/send`), id);
export const useReschedule = (id: Id) =>
  useReply(({ row, later }: { row: ScheduledReply; later: Later }) => http.patch<ScheduledReply>(`${path(id)}/${row.id}`, { version: row.version, ...later }), id);
