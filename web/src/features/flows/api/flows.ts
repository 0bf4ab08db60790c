import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, Page } from "@/shared/api/types";

export interface FlowRow { id: Id; name: string; title?: string; published_number: number | null; numbers?: string[]; version: number }
export interface FlowNode { id: string; verb: string; label: string | null; params: Record<string, unknown>; position?: { x: number; y: number } | null }
export interface FlowGraph { nodes: FlowNode[]; edges: { from: string; exit: string; to: string | null; count: number }[]; counts: Record<string, number> }
export interface FlowVersion { id: Id; number: number; state?: string; published_at: string | null; published_by?: { name: string } | null }

export const flowsQuery = queryOptions({ queryKey: ["flows"], queryFn: async () => (await http.get<Page<FlowRow>>("/flows", { limit: 200 })).items });
export const graphQuery = (id: Id) => queryOptions({ queryKey: ["flow", id, "graph"], queryFn: () => http.get<FlowGraph>(`/flows/${id}/graph`), refetchInterval: 30_000 });
export const versionsQuery = (id: Id) =>
  queryOptions({ queryKey: ["flow", id, "versions"], queryFn: async () => {
    const answer = await http.get<Page<FlowVersion> | FlowVersion[]>(`/flows/${id}/versions`);
    return Array.isArray(answer) ? answer : answer.items;
  } });
