import type { MapAnswer, MapEdge, MapNode, ServiceStatus } from '@bellwether/model';

/** What nodes are put together by. */
export type GroupedBy = 'none' | 'team' | 'namespace' | 'environment' | 'kind';

export type MapFilter = {
  /** Part of a name; its neighbours are shown too. */
  readonly text: string;
  readonly onlyProblems: boolean;
  /** Edges with fewer calls per second are left out. */
  readonly minPerSecond: number;
  /** undefined: as many nodes need it. */
  readonly groupedBy: GroupedBy | undefined;
  /** The id of a group whose members are shown one by one. */
  readonly openGroup: string | undefined;
};

/** A node as drawn: one of the map, or a group of several. */
export type ShownNode = MapNode & { readonly members: readonly MapNode[] };

export type ShownMap = {
  readonly nodes: readonly ShownNode[];
  readonly edges: readonly MapEdge[];
  readonly groupedBy: GroupedBy;
};

/** Beyond so many nodes a map is a ball of wool: they are grouped first. */
export const mostSingleNodes = 80;

type Figures = Pick<MapEdge, 'status' | 'calls' | 'callsPerSecond' | 'errorRatio' | 'p95Ms'>;

const worstFirst: readonly ServiceStatus[] = ['failing', 'degraded', 'healthy', 'no-data'];

export function isProblem({ status }: Pick<Figures, 'status'>): boolean {
  return status === 'failing' || status === 'degraded';
}

/** The part of the map that the filter lets through, grouped when asked for or when there are too many nodes. */
export function shownMap({ nodes, edges }: Pick<MapAnswer, 'nodes' | 'edges'>, filter: MapFilter): ShownMap {
  const busy = edges.filter(edge => edge.callsPerSecond >= filter.minPerSecond);
  const joined = new Set(busy.flatMap(edge => [edge.from, edge.to]));
  const kept = filtered(
    nodes.filter(
      node => filter.minPerSecond === 0 || joined.has(node.id) || node.callsPerSecond >= filter.minPerSecond,
    ),
    busy,
    filter,
  );
  const within = busy.filter(edge => kept.has(edge.from) && kept.has(edge.to));
  const shown = nodes.filter(node => kept.has(node.id));
  const groupedBy = filter.groupedBy ?? (shown.length > mostSingleNodes ? bestGroup(shown) : 'none');
  if (groupedBy === 'none') return { nodes: shown.map(alone), edges: within, groupedBy };
  return { ...grouped(shown, within, groupedBy, filter.openGroup), groupedBy };
}

/** The whole map with the figures of one minute; what had no traffic then stays in its place without figures. */
export function asOf(
  whole: Pick<MapAnswer, 'nodes' | 'edges'>,
  minute: Pick<MapAnswer, 'nodes' | 'edges'>,
): Pick<MapAnswer, 'nodes' | 'edges'> {
  const nodes = new Map(minute.nodes.map(node => [node.id, node]));
  const edges = new Map(minute.edges.map(edge => [edgeId(edge), edge]));
  return {
    nodes: whole.nodes.map(node => ({ ...node, ...silent, ...figuresOf(nodes.get(node.id)) })),
    edges: whole.edges.map(edge => ({ ...edge, ...silent, ...figuresOf(edges.get(edgeId(edge))) })),
  };
}

export const edgeId = ({ from, to }: Pick<MapEdge, 'from' | 'to'>): string => `${from} → ${to}`;

const silent: Figures = { status: 'no-data', calls: 0, callsPerSecond: 0, errorRatio: null, p95Ms: null };

function figuresOf(found: Figures | undefined): Partial<Figures> {
  if (found === undefined) return {};
  const { status, calls, callsPerSecond, errorRatio, p95Ms } = found;
  return { status, calls, callsPerSecond, errorRatio, p95Ms };
}

const alone = (node: MapNode): ShownNode => ({ ...node, members: [node] });

function filtered(nodes: readonly MapNode[], edges: readonly MapEdge[], filter: MapFilter): ReadonlySet<string> {
  let kept = new Set(nodes.map(node => node.id));
  const text = filter.text.trim().toLowerCase();
  if (text !== '') {
    kept = withNeighbours(
      new Set(nodes.filter(node => node.name.toLowerCase().includes(text)).map(node => node.id)),
      edges,
    );
  }
  if (filter.onlyProblems) {
    const bad = new Set(nodes.filter(isProblem).map(node => node.id));
    const around = new Set(bad);
    for (const edge of edges) {
      if (isProblem(edge) || bad.has(edge.to)) around.add(edge.from).add(edge.to);
    }
    kept = new Set([...kept].filter(id => around.has(id)));
  }
  return kept;
}

function withNeighbours(ids: ReadonlySet<string>, edges: readonly MapEdge[]): Set<string> {
  const found = new Set(ids);
  for (const { from, to } of edges) {
    if (ids.has(from)) found.add(to);
    if (ids.has(to)) found.add(from);
  }
  return found;
}

function bestGroup(nodes: readonly MapNode[]): GroupedBy {
  if (nodes.some(node => node.team !== '')) return 'team';
  return nodes.some(node => node.namespace !== '') ? 'namespace' : 'kind';
}

const kindNames: { readonly [kind in MapNode['kind']]: string } = {
  service: 'Services',
  database: 'Databases',
  cache: 'Caches',
  queue: 'Queues',
  external: 'External services',
};

/** What is no service belongs to nobody: those are grouped by what they are. */
function groupOf(node: MapNode, by: GroupedBy): string {
  if (node.kind !== 'service' || by === 'kind') return kindNames[node.kind];
  const name = by === 'team' ? node.team : by === 'namespace' ? node.namespace : node.environments.join(', ');
  return name === '' ? `No ${by}` : name;
}

function grouped(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  by: GroupedBy,
  openGroup: string | undefined,
): Pick<ShownMap, 'nodes' | 'edges'> {
  const members = new Map<string, MapNode[]>();
  for (const node of nodes) {
    const id = `group:${groupOf(node, by)}`;
    members.set(id, [...(members.get(id) ?? []), node]);
  }
  const standIn = new Map<string, string>();
  const shown = [...members].flatMap(([id, group]): readonly ShownNode[] => {
    const [first] = group;
    if (first === undefined || group.length === 1 || id === openGroup) return group.map(alone);
    for (const node of group) standIn.set(node.id, id);
    return [{ ...first, ...together(group), id, name: id.slice('group:'.length), members: group }];
  });
  const joined = new Map<string, MapEdge[]>();
  for (const edge of edges) {
    const from = standIn.get(edge.from) ?? edge.from;
    const to = standIn.get(edge.to) ?? edge.to;
    if (from === to) continue;
    const key = edgeId({ from, to });
    joined.set(key, [...(joined.get(key) ?? []), { ...edge, from, to }]);
  }
  return {
    nodes: shown,
    edges: [...joined.values()].flatMap(group => {
      const [first] = group;
      return first === undefined ? [] : [{ ...first, ...together(group), isAsync: group.every(edge => edge.isAsync) }];
    }),
  };
}

/** Rates add up; of p95 and status the worst stands for all. */
function together(parts: readonly Figures[]): Figures {
  const calls = parts.reduce((sum, part) => sum + part.calls, 0);
  const errors = parts.reduce((sum, part) => sum + part.calls * (part.errorRatio ?? 0), 0);
  const slowest = parts.flatMap(part => part.p95Ms ?? []);
  return {
    status: worstFirst.find(status => parts.some(part => part.status === status)) ?? 'no-data',
    calls,
    callsPerSecond: parts.reduce((sum, part) => sum + part.callsPerSecond, 0),
    errorRatio: calls === 0 ? null : errors / calls,
    p95Ms: slowest.length === 0 ? null : Math.max(...slowest),
  };
}
