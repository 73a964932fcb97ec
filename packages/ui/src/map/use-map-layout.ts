import { useEffect, useMemo, useRef, useState } from 'react';
import type { MapLayout } from './map-layout.js';
import type { LayoutReply, LayoutRequest } from './map-layout-worker.js';
import type { ShownMap } from './shown-map.js';

/** Layouts that are remembered; the oldest goes first. */
const mostLayouts = 20;

/**
 * Where the nodes stand, worked out in a worker. The same nodes keep their places whatever their figures do, and as long as new places are
 * worked out the old ones hold; undefined before the first.
 */
export function useMapLayout({ nodes, edges }: Pick<ShownMap, 'nodes' | 'edges'>): MapLayout | undefined {
  const key = useMemo(() => JSON.stringify(nodes.map(node => node.id).toSorted()), [nodes]);
  const known = useRef(new Map<string, MapLayout>());
  const worker = useRef<Worker | undefined>(undefined);
  const [layout, setLayout] = useState<MapLayout | undefined>(undefined);

  useEffect(() => {
    const started = new Worker(new URL('./map-layout-worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    return () => {
      started.terminate();
      worker.current = undefined;
    };
  }, []);

  useEffect(() => {
    const before = known.current.get(key);
    if (before !== undefined) {
      setLayout(before);
      return undefined;
    }
    const asked = worker.current;
    if (asked === undefined) return undefined;
    const take = ({ data }: MessageEvent<LayoutReply>): void => {
      if (known.current.size >= mostLayouts) known.current.delete([...known.current.keys()][0] ?? '');
      known.current.set(data.key, data.layout);
      if (data.key === key) setLayout(data.layout);
    };
    asked.addEventListener('message', take);
    const request: LayoutRequest = {
      key,
      nodes: nodes.map(node => node.id),
      edges: edges.map(({ from, to }) => [from, to] as const),
    };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
    asked.postMessage(request);
    return () => asked.removeEventListener('message', take);
    // Edges that come or go between the same nodes move nothing.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);

  return layout;
}
