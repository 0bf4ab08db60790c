import { Graph, layout as arrange } from "@dagrejs/dagre";

export interface Placed { x: number; y: number }
export interface Drawing { nodes: readonly { id: string; height: number }[]; edges: readonly { from: string; to: string | null }[]; start: string | null; width: number }

/** Ways between the same two steps are one line: their exits together, their counts added. */
export function joined(graph: { edges: readonly { from: string; to: string | null; exit: string; count: number }[] }): { from: string; to: string; exits: string[]; count: number }[] {
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

/** Ways over more layers than this are left out of a large drawing's arranging: it would route each past every layer, which takes seconds. */
const LONG = 6;
/** So many layers all ways together may cross before that. */
const MANY = 300;

/** The layer of each step: one below the lowest that leads to it, leading back left out. */
function layersOf(ids: readonly string[], ways: readonly (readonly [string, string])[], start: string | null): Map<string, number> {
  const onward = new Map<string, string[]>();
  for (const [from, to] of ways) onward.set(from, [...(onward.get(from) ?? []), to]);
  const order: string[] = [], back = new Set<string>(), state = new Map<string, "open" | "done">();
  for (const first of start ? [start, ...ids] : ids) {
    const path: [string, number][] = state.has(first) ? [] : [[first, 0]];
    while (path.length > 0) {
      const top = path[path.length - 1] as [string, number];
      const [id, next] = top;
      if (next === 0) state.set(id, "open");
      const to = onward.get(id)?.[next];
      top[1] += 1;
      if (to === undefined) {
        state.set(id, "done");
        order.push(id);
        path.pop();
      } else if (state.get(to) === "open") back.add(`${id}\n${to}`);
      else if (!state.has(to)) path.push([to, 0]);
    }
  }
  const layer = new Map(ids.map((id) => [id, 0]));
  for (const id of order.reverse()) for (const to of onward.get(id) ?? []) if (!back.has(`${id}\n${to}`)) layer.set(to, Math.max(layer.get(to) ?? 0, (layer.get(id) ?? 0) + 1));
  return layer;
}

/** The ways that decide where steps stand. Of a large flow without the long ones; each step stays below all that lead to it, because the way from the lowest of them is never long. */
function deciding(ids: readonly string[], ways: readonly (readonly [string, string])[], start: string | null): readonly (readonly [string, string])[] {
  const layer = layersOf(ids, ways, start);
  const span = ([from, to]: readonly [string, string]) => Math.abs((layer.get(to) ?? 0) - (layer.get(from) ?? 0));
  return ways.reduce((sum, way) => sum + span(way), 0) > MANY ? ways.filter((way) => span(way) <= LONG) : ways;
}

/** Layers from the start downwards, ways crossing as little as may be. Places are those of the upper left corners. */
export function layout({ nodes, edges, start, width }: Drawing): Map<string, Placed> {
  const graph = new Graph().setGraph({ rankdir: "TB", ranksep: 60, nodesep: 40 }).setDefaultEdgeLabel(() => ({}));
  // What leads back is told from what leads on by the order in which they are seen.
  for (const { id, height } of [...nodes].sort((a, b) => Number(b.id === start) - Number(a.id === start))) graph.setNode(id, { width, height });
  const ways = edges.flatMap(({ from, to }) => (to !== null && from !== to && graph.hasNode(from) && graph.hasNode(to) ? [[from, to] as const] : []));
  for (const [from, to] of deciding(nodes.map(({ id }) => id), ways, start)) graph.setEdge(from, to);
  arrange(graph);
  return new Map(nodes.map(({ id, height }) => {
    const { x = 0, y = 0 } = graph.node(id);
    return [id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
  }));
}
