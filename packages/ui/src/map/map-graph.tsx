import { Background, Controls, ReactFlow, ReactFlowProvider, useReactFlow, type Edge, type Node } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { useEffect, useMemo, type ReactNode } from 'react';
import type { MapEdge } from '@bellwether/model';
import { formatPercent, formatRate } from '../format.js';
import { SkeletonBlock } from '../parts/skeleton.js';
import { nodePx } from './map-layout.js';
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
  const places = useMapLayout(map);
  const { fitView } = useReactFlow();
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
  const edges = map.edges.map((edge): Edge => {
    const touches = edge.from === chosenId || edge.to === chosenId;
    const isNamed = edge.calls > 0 && (map.edges.length <= mostLabels || isProblem(edge) || touches);
    return {
      id: edgeId(edge),
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

  useEffect(() => {
    if (places !== undefined) void fitView({ padding: 0.08, maxZoom: 1.1 });
  }, [places, fitView]);

  if (places === undefined) return <SkeletonBlock heightPx={520} />;
  return (
    <ReactFlow
      aria-label="Service map"
      colorMode="light"
      edges={edges}
      edgesFocusable={false}
      fitView
      fitViewOptions={{ padding: 0.08, maxZoom: 1.1 }}
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
