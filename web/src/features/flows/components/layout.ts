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

/** Layers from the start downwards, ways crossing as little as may be. Places are those of the upper left corners. */
export function layout({ nodes, edges, start, width }: Drawing): Map<string, Placed> {
  const graph = new Graph().setGraph({ rankdir: "TB", ranksep: 60, nodesep: 40 }).setDefaultEdgeLabel(() => ({}));
  // What leads back is told from what leads on by the order in which they are seen.
  for (const { id, height } of [...nodes].sort((a, b) => Number(b.id === start) - Number(a.id === start))) graph.setNode(id, { width, height });
  for (const { from, to } of edges) if (to !== null && from !== to && graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to);
  arrange(graph);
  return new Map(nodes.map(({ id, height }) => {
    const { x = 0, y = 0 } = graph.node(id);
    return [id, { x: Math.round(x - width / 2), y: Math.round(y - height / 2) }];
  }));
}
