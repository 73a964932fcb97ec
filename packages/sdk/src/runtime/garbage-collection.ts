import { PerformanceObserver } from 'node:perf_hooks';
import type { Point } from '../core/metrics.js';
import type { Define, Reading } from './reading.js';

/** `perf_hooks.constants.NODE_PERFORMANCE_GC_*`; minor collections of the mark-compact kind have a number of their own. */
const kinds = new Map<unknown, string>([
  [1, 'minor'],
  [2, 'minor'],
  [4, 'major'],
  [8, 'incremental'],
  [16, 'weakcb'],
]);

/** How long collections took, and how many there were, by kind. */
export function garbageCollection(define: Define): Reading {
  const durations = define('v8js.gc.duration', 'histogram', 's', 'Time of garbage collections');
  const points = new Map<string, Point>();
  const pointOf = (kind: string): Point => {
    const known = points.get(kind);
    if (known !== undefined) return known;
    const point = durations.point({ 'v8js.gc.type': kind });
    points.set(kind, point);
    return point;
  };
  const observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      const detail: unknown = Reflect.get(entry, 'detail');
      const kind: unknown = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
      pointOf(kinds.get(kind) ?? 'other').histogram?.record(entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { read() {}, stop: () => observer.disconnect() };
}
