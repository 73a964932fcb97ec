import type { Sink } from './sink.js';

/** Reads of a cache as the sink has them by now: hits, misses and errors. */
export function lookupsOf(sink: Sink, system: string): readonly number[] {
  return ['hit', 'miss', 'error'].map(result => {
    const series = new Map<unknown, number>();
    for (const { metric, attributes, value } of sink.points) {
      if (metric !== 'cache.requests' || attributes['cache.system'] !== system || attributes['cache.result'] !== result)
        continue;
      const pattern = attributes['bellwether.key.pattern'];
      series.set(pattern, Math.max(series.get(pattern) ?? 0, value));
    }
    return [...series.values()].reduce((sum, value) => sum + value, 0);
  });
}
