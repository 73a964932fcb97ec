import type { Metric, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';

export type LookupResult = 'hit' | 'miss' | 'error';

const maxPatterns = 500;

/**
 * `cache.requests`: reads of a cache by result. Errors are no misses, and the ratio is left to who queries, so that it can be summed over processes.
 */
export class CacheLookups {
  readonly #metric: Metric;
  readonly #system: string;
  readonly #points = new Map<string, Map<LookupResult, Point>>();

  /** `system`: `redis`, `memcached`, or the library of a cache in this process. */
  constructor(recorder: Recorder, system: string) {
    this.#system = system;
    this.#metric = recorder.metrics.metric({
      name: 'cache.requests',
      unit: '{request}',
      description: 'Reads of a cache by result: hit, miss or error',
      kind: 'counter',
      scope: '@bellwether/node',
    });
  }

  /** `pattern`: the key's, '' when it is not known; of few, for it becomes a label. */
  count(pattern: string, result: LookupResult, times = 1): void {
    if (times === 0) return;
    let byResult = this.#points.get(pattern);
    if (byResult === undefined) {
      byResult = new Map();
      if (this.#points.size < maxPatterns) this.#points.set(pattern, byResult);
    }
    let point = byResult.get(result);
    if (point === undefined) {
      point = this.#metric.point({
        'cache.system': this.#system,
        'cache.result': result,
        ...(pattern === '' ? {} : { 'bellwether.key.pattern': pattern }),
      });
      byResult.set(result, point);
    }
    point.value += times;
  }
}
