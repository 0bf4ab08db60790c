import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Assignment, Id, Share } from "@/shared/api/types";
import { putShare } from "../realtime/share";

/** The last session of each kind with the customer of this assignment; the realtime stream keeps them true. */
export const sharesQuery = (row: Assignment) =>
  queryOptions({
    queryKey: ["shares", row.interaction_id],
    queryFn: () => http.get<Share[]>(`/assignments/${row.id}/shares`),
    staleTime: Infinity,
    meta: { live: true },
  });

function useChange<Input>(call: (input: Input) => Promise<Share>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: (share) => putShare(queries, share) });
}

export const useAsk = (kind: Share["kind"]) => useChange((assignment: Id) => http.post<Share>(`/assignments/${assignment}/shares`, { kind }));
export const useEndShare = () => useChange((share: Id) => http.post<Share>(`/assignments/shares/${share}/end`));
