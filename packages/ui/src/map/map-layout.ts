import dagre from '@dagrejs/dagre';

/** Pixels of a node's box. */
export const nodePx = { width: 188, height: 58 };

export type LayoutAsked = {
  readonly nodes: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
};

type Point = { readonly x: number; readonly y: number };

export type MapLayout = {
  /** The upper left corner of each node, by id. */
  readonly places: ReadonlyMap<string, Point>;
  /** What the line of an edge goes through between its nodes, by `edgeKey`: it passes the nodes of a layer beside them. */
  readonly bends: ReadonlyMap<string, readonly Point[]>;
};

/** Names an edge in `bends`. */
export const edgeKey = (from: string, to: string): string => JSON.stringify([from, to]);

/** Callers left, called right, in layers. The same nodes and edges have the same places, in whatever order they come. */
export function mapLayout({ nodes, edges }: LayoutAsked): MapLayout {
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
  const centres = [...known].map(id => {
    const { x = 0, y = 0 } = graph.node(id);
    return { id, x, y };
  });
  const layers = new Set(centres.map(({ x }) => Math.round(x)));
  const half = nodePx.width / 2;
  return {
    places: new Map(centres.map(({ id, x, y }) => [id, { x: x - half, y: y - nodePx.height / 2 }])),
    bends: new Map(
      joined.map(([from, to]) => {
        // The first and the last point lie on the boxes: there are the handles.
        const between: readonly Point[] = graph.edge(from, to)?.points?.slice(1, -1) ?? [];
        const isRightwards = (graph.node(from).x ?? 0) <= (graph.node(to).x ?? 0);
        const beside = isRightwards ? half : -half;
        // Beside the nodes of a layer the line is level.
        const points = between.flatMap(({ x, y }) =>
          layers.has(Math.round(x))
            ? [
                { x: x - beside, y },
                { x: x + beside, y },
              ]
            : [{ x, y }],
        );
        return [edgeKey(from, to), points];
      }),
    ),
  };
}
