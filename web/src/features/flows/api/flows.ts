import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { FlowGraph, FlowOutcomes, FlowProblem, FlowRow, FlowSaved, FlowSource, FlowTestReport, FlowText, FlowTrial, FlowVersion, Id, Page, VerbCard } from "@/shared/api/types";

export const flowsQuery = queryOptions({ queryKey: ["flows"], queryFn: async () => (await http.get<Page<FlowRow>>("/flows", { limit: 200 })).items });
export const archivedFlowsQuery = queryOptions({ queryKey: ["flows", "archived"], queryFn: async () => (await http.get<Page<FlowRow>>("/flows", { archived: true })).items });
export const graphQuery = (id: Id, of: { days: number | null; number: number | null }) => queryOptions({ queryKey: ["flow", id, "graph", of], queryFn: () => http.get<FlowGraph>(`/flows/${id}/graph`, { ...of }), refetchInterval: 30_000, placeholderData: keepPreviousData });
export const versionsQuery = (id: Id) =>
  queryOptions({ queryKey: ["flow", id, "versions"], queryFn: async () => (await http.get<Page<FlowVersion>>(`/flows/${id}/versions`)).items });
export const verbsQuery = queryOptions({ queryKey: ["flow-verbs"], queryFn: async () => (await http.get<Page<VerbCard>>("/flow-verbs")).items, staleTime: Infinity });
export const sourceQuery = (id: Id) => queryOptions({ queryKey: ["flow", id, "source"], queryFn: () => http.get<FlowSource>(`/flows/${id}`), staleTime: 0, refetchOnWindowFocus: false });
export const promptNamesQuery = queryOptions({ queryKey: ["prompts", "names"], queryFn: async () => [...new Set((await http.get<Page<{ name: string }>>("/prompts")).items.map((one) => one.name))] });
export const outcomesQuery = (id: Id, of: { days: number | null; number: number | null }) => queryOptions({ queryKey: ["flow", id, "outcomes", of], queryFn: () => http.get<FlowOutcomes>(`/flow-outcomes/${id}`, { ...of }), refetchInterval: 30_000, placeholderData: keepPreviousData });
export const saveFlow = (document: unknown, version: number, publish = false) => http.post<FlowSaved>("/flows", { document, version, publish });
export const checkFlow = (document: unknown) => http.post<FlowProblem[]>("/flows/check", { document });
export const convertFlow = (body: { yaml?: string; document?: unknown }) => http.post<FlowText>("/flows/convert", body);
export const tryFlow = (document: unknown, acts: Act[]) => http.post<FlowTrial>("/flows/try", { document, acts });
export const runTests = (document: unknown, tests: string) => http.post<FlowTestReport>("/flows/test", { document, tests });
export interface Act { do: "press" | "says" | "silence" | "hang_up" | "reply"; value?: unknown }
