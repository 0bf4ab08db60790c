import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { http, type Query } from "@/shared/api/client";
import type { Id, Interaction, InteractionRow, Page, Peaks } from "@/shared/api/types";

export const interactionsQuery = (filters: Query) =>
  infiniteQueryOptions({
    queryKey: ["interactions", filters],
    queryFn: ({ pageParam, signal }) => http.get<Page<InteractionRow>>("/interactions", { ...filters, cursor: pageParam, limit: 100 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 30_000,
  });

export const interactionQuery = (id: Id) => queryOptions({ queryKey: ["interaction", id], queryFn: () => http.get<Interaction>(`/interactions/${id}`) });
export const peaksQuery = (recording: Id) =>
  queryOptions({ queryKey: ["peaks", recording], queryFn: () => http.get<Peaks>(`/recordings/${recording}/peaks`), staleTime: Infinity });
