import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import { curveMonotoneX, line } from 'd3-shape';
import type { ReactNode } from 'react';

export type MapEdgeData = { readonly bends: readonly { readonly x: number; readonly y: number }[] };

const path = line<{ readonly x: number; readonly y: number }>(
  ({ x }) => x,
  ({ y }) => y,
).curve(curveMonotoneX);

/** The line of a call: out at the right of who calls, beside the nodes that lie between, in at the left of who is called. */
export function MapEdgeLine({
  data,
  sourceX,
  sourceY,
  targetX,
  targetY,
  ...rest
}: EdgeProps<Edge<MapEdgeData>>): ReactNode {
  const points = [{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }];
  const before = points[Math.floor((points.length - 1) / 2)];
  const after = points[Math.ceil((points.length - 1) / 2)];
  const { id, label, labelBgBorderRadius, labelBgPadding, style } = rest;
  return (
    <BaseEdge
      id={id}
      path={path(points) ?? ''}
      {...(label !== undefined && { label })}
      {...(labelBgBorderRadius !== undefined && { labelBgBorderRadius })}
      {...(labelBgPadding !== undefined && { labelBgPadding })}
      {...(style !== undefined && { style })}
      labelX={((before?.x ?? 0) + (after?.x ?? 0)) / 2}
      labelY={((before?.y ?? 0) + (after?.y ?? 0)) / 2}
    />
  );
}
