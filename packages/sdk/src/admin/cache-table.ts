import type { Metrics } from '../core/metrics.js';

/** What a cache did since the process started, as far as the SDK saw it. */
export interface CacheStats {
  readonly system: string;
  readonly hits: number;
  readonly misses: number;
  readonly errors: number;
  /** Hits of hits and misses; undefined before the first. */
  readonly hitRatio: number | undefined;
}

/** The caches that were seen, by system; empty when there are none. */
export function cacheTable(metrics: Metrics): readonly CacheStats[] {
  const found = new Map<string, Record<'hit' | 'miss' | 'error', number>>();
  for (const metric of metrics.all.values()) {
    if (metric.definition.name !== 'cache.requests') continue;
    for (const [key, { value }] of metric.points) {
      const system = /"cache\.system":"([^"]{0,100})"/.exec(key)?.[1];
      const result = /"cache\.result":"(hit|miss|error)"/.exec(key)?.[1];
      if (system === undefined || result === undefined) continue;
      const counts = found.get(system) ?? { hit: 0, miss: 0, error: 0 };
      if (result === 'hit' || result === 'miss' || result === 'error') counts[result] += value;
      found.set(system, counts);
    }
  }
  return [...found].map(([system, { hit, miss, error }]) => ({
    system,
    hits: hit,
    misses: miss,
    errors: error,
    hitRatio: hit + miss === 0 ? undefined : hit / (hit + miss),
  }));
}
