import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Forwarding, Id } from "@/shared/api/types";

const pathOf = (userId: Id | null) => (userId ? `/users/${userId}/forwarding` as const : "/phone/forwarding" as const);

/** A user's forwarding; null is whoever is signed in. */
export const forwardingQuery = (userId: Id | null) =>
  queryOptions({ queryKey: ["forwarding", userId], queryFn: () => http.get<Forwarding>(pathOf(userId)) });

export function useForwarding(userId: Id | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wish: Forwarding) => http.put<Forwarding>(pathOf(userId), wish),
    onSuccess: (kept) => queries.setQueryData(forwardingQuery(userId).queryKey, kept),
  });
}
