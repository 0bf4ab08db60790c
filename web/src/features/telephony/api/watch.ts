import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Call, Id, Watch } from "@/shared/api/types";
import { callQuery } from "./calls";

/** The call that I listen to; the realtime stream fills it. */
export const watchQuery = queryOptions({ queryKey: ["watch"], queryFn: () => http.get<Watch | null>("/watch/me"), staleTime: Infinity, meta: { live: true } });

export type WatchWish = { listen: Id } | { mode: Watch["mode"] } | { stop: true };

export function useWatch() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (wish: WatchWish): Promise<Watch | null> => {
      if ("listen" in wish) return http.post<Watch>(`/users/${wish.listen}/watch`, { mode: "listen" });
      if ("mode" in wish) return http.put<Watch>("/watch/me", { mode: wish.mode });
      await http.delete("/watch/me");
      return null;
    },
    onSuccess: (watch) => queries.setQueryData(watchQuery.queryKey, watch),
  });
}

export function useTakeOver() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => http.post<Call>("/watch/me/take-over"),
    onSuccess: (call) => {
      queries.setQueryData(watchQuery.queryKey, null);
      queries.setQueryData(callQuery.queryKey, call);
    },
  });
}
