import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { ChosenState, Presence, Reason } from "@/shared/api/types";

export const presenceQuery = queryOptions({
  queryKey: ["presence"],
  queryFn: () => http.get<Presence>("/presence/me"),
  staleTime: Infinity,
  meta: { live: true },
});

export const reasonsQuery = queryOptions({
  queryKey: ["presence", "reasons"],
  queryFn: () => http.get<Reason[]>("/presence/reasons"),
  staleTime: 60_000,
});

/** Not optimistic: a state that the server has not confirmed would lie about who gets the next call. */
export function useSetPresence() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { state: ChosenState; reason_id?: string }) => http.put<Presence>("/presence/me", wanted),
    onSuccess: (presence) => queries.setQueryData(presenceQuery.queryKey, presence),
  });
}
