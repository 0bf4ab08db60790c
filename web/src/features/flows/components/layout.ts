import type { FlowGraph } from "@/shared/api/types";

export interface Placed { id: string; x: number; y: number }
const WIDTH = 270;
/** How far one layer stands below the other. */
export const ROW = 112;

/** Ways between the same two steps are one line: their exits together, their counts added. */
export function joined(graph: FlowGraph): { from: string; to: string; exits: string[]; count: number }[] {
  const ways = new Map<string, { from: string; to: string; exits: string[]; count: number }>();
  for (const { from, to, exit, count } of graph.edges) {
    if (to === null) continue;
    const way = ways.get(`${from}\n${to}`) ?? { from, to, exits: [], count: 0 };
    way.exits.push(exit);
    way.count += count;
    ways.set(`${from}\n${to}`, way);
  }
  return [...ways.values()];
}

/**
 * Layers by longest way from the start (edges that lead back are left out of the count), then two sweeps that put every
 * node near the middle of those before it. Enough for call flows, which are mostly trees.
 */
export function layout(graph: FlowGraph): Map<string, Placed> {
  const out = new Map<string, string[]>();
  for (const { from, to } of graph.edges) if (to !== null) out.set(from, [...(out.get(from) ?? []), to]);
  const targets = new Set(graph.edges.map((edge) => edge.to));
  const starts = graph.nodes.filter((node) => !targets.has(node.id)).map((node) => node.id);
  const layer = new Map<string, number>();
  const visit = (id: string, depth: number, path: Set<string>) => {
    if (path.has(id) || (layer.get(id) ?? -1) >= depth) return;
    layer.set(id, depth);
    const way = new Set(path).add(id);
    for (const next of out.get(id) ?? []) visit(next, depth + 1, way);
  };
  for (const start of starts.length ? starts : graph.nodes.slice(0, 1).map((node) => node.id)) visit(start, 0, new Set());
  const rows: string[][] = [];
  for (const node of graph.nodes) {
    const depth = layer.get(node.id) ?? 0;
    (rows[depth] ??= []).push(node.id);
  }
  const place = new Map<string, number>();
  rows.forEach((row) => row?.forEach((id, index) => place.set(id, index - (row.length - 1) / 2)));
  for (let sweep = 0; sweep < 2; sweep += 1) {
    rows.forEach((row) => {
      const wanted = (id: string): number => {
        const before = graph.edges.filter((edge) => edge.to === id && (layer.get(edge.from) ?? 0) < (layer.get(id) ?? 0)).map((edge) => place.get(edge.from) ?? 0);
        return before.length ? before.reduce((sum, one) => sum + one, 0) / before.length : (place.get(id) ?? 0);
      };
      row?.sort((a, b) => wanted(a) - wanted(b)).forEach((id, index) => place.set(id, index - (row.length - 1) / 2));
    });
  }
  return new Map(graph.nodes.map((node) => [node.id, { id: node.id, x: (place.get(node.id) ?? 0) * WIDTH, y: (layer.get(node.id) ?? 0) * ROW }]));
}
