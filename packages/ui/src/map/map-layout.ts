import dagre from '@dagrejs/dagre';

/** Pixels of a node's box. */
export const nodePx = { width: 188, height: 58 };

export type LayoutAsked = {
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
};

/** The upper left corner of each node, by id. */
export type Places = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

/** Callers left, called right, in layers. The same nodes and edges have the same places, in whatever order they come. */
export function mapLayout({ nodes, edges }: LayoutAsked): Places {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 96, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes);
  const joined = edges.filter(([from, to]) => from !== to && known.has(from) && known.has(to));
  // Where services call each other in a ring, it is cut at those that mostly call: the layout starts with them.
  const called = new Map<string, number>();
  for (const [from, to] of joined) {
    called.set(from, (called.get(from) ?? 0) - 1);
    called.set(to, (called.get(to) ?? 0) + 1);
  }
  const callersFirst = [...known].toSorted((a, b) => (called.get(a) ?? 0) - (called.get(b) ?? 0) || (a < b ? -1 : 1));
  for (const id of callersFirst) graph.setNode(id, { ...nodePx });
  for (const [from, to] of joined.toSorted(([a, b], [c, d]) => (`${a} ${b}` < `${c} ${d}` ? -1 : 1)))
    graph.setEdge(from, to);
  dagre.layout(graph);
  return new Map(
    [...known].map(id => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - nodePx.width / 2, y: y - nodePx.height / 2 }];
    }),
  );
}
