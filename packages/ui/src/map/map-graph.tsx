import {
  Background,
  Controls,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Edge,
  type Node,
  type Viewport,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useCallback, useEffect, useMemo, useRef, type ReactNode } from 'react';
import type { MapEdge } from '@bellwether/model';
import { formatPercent, formatRate } from '../format.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { MapEdgeLine, type MapEdgeData } from './map-edge-line.js';
import { edgeKey, nodePx } from './map-layout.js';
import { MapNodeBox, type MapNodeData } from './map-node.js';
import styles from './map.module.css';
import { edgeId, isProblem, type ShownMap, type ShownNode } from './shown-map.js';
import { useMapLayout } from './use-map-layout.js';

type MapGraphProps = {
  readonly map: ShownMap;
  readonly chosenId: string | undefined;
  onChoose(id: string | undefined): void;
  /** A second click. */
  onOpen(node: ShownNode): void;
};

const nodeTypes = { box: MapNodeBox };
const edgeTypes = { line: MapEdgeLine };
const fit = { padding: 0.08, maxZoom: 1.1 };
/** A second click opens a node: until it can no longer come, the node stays under the pointer. */
const secondClickMs = 500;

/** Up to so many edges have their figures written beside them; beyond, only those in trouble and of the chosen node. */
const mostLabels = 24;

/** The map as a picture: callers left, called right. It is moved and zoomed; nodes are buttons. */
export function MapGraph(props: MapGraphProps): ReactNode {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function Graph({ map, chosenId, onChoose, onOpen }: MapGraphProps): ReactNode {
  const layout = useMapLayout(map);
  const places = layout?.places;
  const { fitView, getViewport } = useReactFlow();
  const widthPx = useStore(state => state.width);
  const fitted = useRef<Viewport | undefined>(undefined);
  const nextTo = useMemo(() => neighbours(map.edges, chosenId), [map.edges, chosenId]);

  const nodes = map.nodes.flatMap((node): Node<MapNodeData>[] => {
    const position = places?.get(node.id);
    if (position === undefined) return [];
    return [
      {
        id: node.id,
        type: 'box',
        position,
        ...nodePx,
        draggable: false,
        focusable: false,
        selectable: false,
        data: {
          node,
          isChosen: node.id === chosenId,
          isPale: nextTo !== undefined && !nextTo.has(node.id),
          onChoose: () => onChoose(node.id === chosenId ? undefined : node.id),
          onOpen: () => onOpen(node),
        },
      },
    ];
  });
  const busiest = map.edges.reduce((most, edge) => Math.max(most, edge.callsPerSecond), 0);
  const edges = map.edges.map((edge): Edge<MapEdgeData> => {
    const touches = edge.from === chosenId || edge.to === chosenId;
    const isNamed = edge.calls > 0 && (map.edges.length <= mostLabels || isProblem(edge) || touches);
    return {
      id: edgeId(edge),
      type: 'line',
      data: { bends: layout?.bends.get(edgeKey(edge.from, edge.to)) ?? [] },
      source: edge.from,
      target: edge.to,
      focusable: false,
      selectable: false,
      className: edgeClass(edge, chosenId !== undefined && !touches),
      style: { strokeWidth: edgeWidthPx(edge.callsPerSecond, busiest) },
      ...(isNamed && { label: edgeLabel(edge) }),
      labelBgPadding: [4, 2],
      labelBgBorderRadius: 4,
    };
  });

  const fitAll = useCallback(async () => {
    await fitView(fit);
    fitted.current = getViewport();
  }, [fitView, getViewport]);
  useEffect(() => {
    if (places !== undefined) void fitAll();
  }, [places, fitAll]);
  // The pane beside it opens or closes: the whole map comes into sight again, unless a person moved it.
  useEffect(() => {
    const { x, y, zoom } = getViewport();
    const before = fitted.current;
    if (before === undefined || before.x !== x || before.y !== y || before.zoom !== zoom) return undefined;
    const timer = setTimeout(() => void fitAll(), secondClickMs);
    return () => clearTimeout(timer);
    // The width is what it waits for.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [widthPx, fitAll, getViewport]);

  if (places === undefined) return <SkeletonBlock heightPx={520} />;
  return (
    <ReactFlow
      aria-label="Service map"
      colorMode="light"
      edges={edges}
      edgeTypes={edgeTypes}
      edgesFocusable={false}
      fitView
      fitViewOptions={fit}
      maxZoom={2}
      minZoom={0.1}
      nodeTypes={nodeTypes}
      nodes={nodes}
      nodesConnectable={false}
      nodesDraggable={false}
      nodesFocusable={false}
      onPaneClick={() => onChoose(undefined)}
      onlyRenderVisibleElements={map.nodes.length > 200}
      preventScrolling={false}
      proOptions={{ hideAttribution: true }}
      zoomOnDoubleClick={false}
      zoomOnScroll={false}
    >
      <Background color="var(--border)" gap={24} size={1} />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

/** The chosen node and those next to it; undefined when none is chosen. */
function neighbours(edges: readonly MapEdge[], chosenId: string | undefined): ReadonlySet<string> | undefined {
  if (chosenId === undefined) return undefined;
  const found = new Set([chosenId]);
  for (const { from, to } of edges) {
    if (from === chosenId) found.add(to);
    if (to === chosenId) found.add(from);
  }
  return found;
}

/** Wider with more calls, by their logarithm: a tenth of the traffic is still to be seen. */
function edgeWidthPx(perSecond: number, busiest: number): number {
  if (busiest <= 0 || perSecond <= 0) return 1;
  return 1.2 + 4.8 * Math.max(0, 1 + Math.log10(perSecond / busiest) / 3);
}

function edgeLabel({ callsPerSecond, errorRatio }: MapEdge): string {
  return errorRatio === null || errorRatio === 0
    ? formatRate(callsPerSecond)
    : `${formatRate(callsPerSecond)} · ${formatPercent(errorRatio)}`;
}

function edgeClass(edge: MapEdge, isPale: boolean): string {
  const status = edge.status === 'failing' ? 'failing' : edge.status === 'degraded' ? 'degraded' : 'calm';
  return [styles['edge'], styles[status], edge.isAsync && styles['async'], isPale && styles['pale']]
    .filter(Boolean)
    .join(' ');
}
