import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Assignment, Colleague, Disposition, Id, Workspace } from "@/shared/api/types";

/** The agent's own assignments; the realtime stream keeps them true. */
export const assignmentsQuery = queryOptions({
  queryKey: ["assignments"],
  queryFn: async () => (await http.get<Workspace>("/workspace")).assignments,
  staleTime: Infinity,
  meta: { live: true },
});

export const dispositionsQuery = (queueId: Id | null) =>
  queryOptions({
    queryKey: ["dispositions", queueId],
    queryFn: () => http.get<Disposition[]>("/dispositions", { queue_id: queueId }),
    staleTime: 300_000,
  });

export const replaceById = (rows: Assignment[] | undefined, row: Assignment): Assignment[] => {
  const old = rows ?? [];
  const known = old.find((other) => other.id === row.id);
  if (!known) return [...old, row];
  return known.version > row.version ? old : old.map((other) => (other.id === row.id ? row : other));
};

function useChange<Input>(call: (input: Input) => Promise<Assignment | void>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: (row) => row && queries.setQueryData(assignmentsQuery.queryKey, (rows: Assignment[] | undefined) => replaceById(rows, row)),
  });
}

export const useAccept = () => useChange((id: Id) => http.post<Assignment>(`/assignments/${id}/accept`));
export const useDecline = () =>
  useChange(({ id, reason }: { id: Id; reason?: string }) => http.post<void>(`/assignments/${id}/decline`, { reason }));
export const usePickContact = () =>
  useChange(({ id, contact_id }: { id: Id; contact_id: Id | null }) => http.post<Assignment>(`/assignments/${id}/contact`, { contact_id }));
export const useExtendWrapUp = () =>
  useChange(({ id, seconds }: { id: Id; seconds: number }) => http.post<Assignment>(`/assignments/${id}/wrap-up/extend`, { seconds }));

export const useEndChat = () => useChange((id: Id) => http.post<void>(`/assignments/${id}/end`));
export const useSendChat = () => useChange(({ id, queue_id }: { id: Id; queue_id: Id }) => http.post<void>(`/assignments/${id}/send-on`, { queue_id }));
export const useHandOver = () => useChange(({ id, user_id }: { id: Id; user_id: Id }) => http.post<void>(`/assignments/${id}/hand-over`, { user_id }));
export const useKeep = () => useChange((id: Id) => http.delete(`/assignments/${id}/hand-over`));
export const useTake = () => useChange((conversation: Id) => http.post<void>(`/conversations/${conversation}/take`));
/** To an agent or a queue; `from_id`: of whom another agent has. */
export const useAssign = () => useChange(({ conversation, ...to }: { conversation: Id; user_id?: Id; queue_id?: Id; from_id?: Id | undefined }) => http.post<void>(`/conversations/${conversation}/assign`, to));
/** Who there is changes by the second. */
export const colleaguesQuery = (path: string) => queryOptions({ queryKey: ["colleagues", path], queryFn: () => http.get<Colleague[]>(path), staleTime: 0 });
/** Lost without harm: it is told again while one types. */
export const tellTyping = (id: Id): void => void http.post(`/assignments/${id}/typing`).catch(() => undefined);

export interface Draft { note: string; disposition_id: Id | null; no_consequence: boolean; version: number }
export const saveNotes = (id: Id, draft: Draft) => http.put<Assignment>(`/assignments/${id}/notes`, draft);

export interface Finish { id: Id; disposition_id: Id | null; note: string; no_consequence: boolean; callback_at: string | null; then: "ready" | "not_ready"; reason_id?: Id; after: Promise<void> }
export function useDone() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, after, ...body }: Finish) => {
      await after;
      return http.post<void>(`/assignments/${id}/done`, body);
    },
    onSuccess: (_nothing, { id }) =>
      queries.setQueryData(assignmentsQuery.queryKey, (rows: Assignment[] | undefined) => rows?.filter((row) => row.id !== id)),
  });
}
