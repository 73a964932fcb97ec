import type { Metric, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';

const maxCaches = 1000;

/** How full one cache of this process is. */
export interface LocalCacheSize {
  readonly items: number;
  /** undefined or 0: no limit. */
  readonly maxItems?: number;
}

/**
 * The caches of one library in this process: how many items they hold, and what they let go of by themselves. They are one series together, for a cache has no name;
 * none is kept alive.
 */
export class LocalCaches {
  readonly #caches = new Set<WeakRef<object>>();
  readonly #seen = new WeakSet<object>();
  readonly #evictions: Metric;
  readonly #evicted = new Map<string, Point>();
  readonly #system: string;
  /** Takes the observer out again. */
  readonly stop: () => void;

  constructor(recorder: Recorder, system: string, sizeOf: (cache: object) => LocalCacheSize) {
    const { metrics } = recorder;
    const scope = '@bellwether/node';
    const gauge = (name: string, description: string): Metric =>
      metrics.metric({ name, unit: '{item}', description, kind: 'gauge', scope });
    this.#system = system;
    this.#evictions = metrics.metric({
      name: 'cache.evictions',
      unit: '{item}',
      description: 'Items that a cache let go of by itself, by reason',
      kind: 'counter',
      scope,
    });
    this.stop = metrics.beforeExport(() => {
      if (this.#caches.size === 0) return;
      let [items, maxItems] = [0, 0];
      for (const reference of this.#caches) {
        const cache = reference.deref();
        if (cache === undefined) {
          this.#caches.delete(reference);
          continue;
        }
        const size = sizeOf(cache);
        items += size.items;
        maxItems += size.maxItems ?? 0;
      }
      gauge('cache.items', 'Items in a cache').point({ 'cache.system': system }).value = items;
      if (maxItems > 0)
        gauge('cache.items.limit', 'Items that a cache may hold').point({ 'cache.system': system }).value = maxItems;
    });
  }

  /** To be called whenever a cache is used; only the first time does anything. */
  watch(cache: unknown): void {
    if (typeof cache !== 'object' || cache === null || this.#seen.has(cache)) return;
    this.#seen.add(cache);
    if (this.#caches.size < maxCaches) this.#caches.add(new WeakRef(cache));
  }

  /** `full`: to make room; `ttl`: its time was over. */
  evicted(reason: 'full' | 'ttl'): void {
    let point = this.#evicted.get(reason);
    if (point === undefined) {
      point = this.#evictions.point({ 'cache.system': this.#system, 'cache.eviction.reason': reason });
      this.#evicted.set(reason, point);
    }
    point.value++;
  }
}
