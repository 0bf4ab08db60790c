import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { FlowGraph, FlowRow, FlowVersion, Id, Page } from "@/shared/api/types";

export const flowsQuery = queryOptions({ queryKey: ["flows"], queryFn: async () => (await http.get<Page<FlowRow>>("/flows", { limit: 200 })).items });
export const graphQuery = (id: Id) => queryOptions({ queryKey: ["flow", id, "graph"], queryFn: () => http.get<FlowGraph>(`/flows/${id}/graph`), refetchInterval: 30_000 });
export const versionsQuery = (id: Id) =>
  queryOptions({ queryKey: ["flow", id, "versions"], queryFn: async () => (await http.get<Page<FlowVersion>>(`/flows/${id}/versions`)).items });
