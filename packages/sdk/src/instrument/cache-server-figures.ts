import type { Metric, MetricKind } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { OwnerPolls } from './owner-polls.js';

const everyMs = 30_000;

/** What a cache's server says of itself; a figure that is no number is left out. */
export interface ServerFigures {
  /** Items let go of to make room, since the server started. */
  readonly evictions?: number;
  /** Items whose time was over. */
  readonly expired?: number;
  readonly memoryBytes?: number;
  /** 0: no limit. */
  readonly maxMemoryBytes?: number;
  readonly items?: number;
}

/**
 * Evictions and memory of cache servers, asked of each about every 30 seconds through a client of the application that is in use anyway. Several processes that use one
 * server tell the same figures: take the greatest, not the sum. `BELLWETHER_CACHE_STATS=false` switches it off.
 */
export class CacheServerFigures {
  readonly #recorder: Recorder;
  readonly #system: string;
  readonly #polls = new OwnerPolls(everyMs);
  readonly #seen = new WeakSet<object>();

  constructor(recorder: Recorder, system: string) {
    this.#recorder = recorder;
    this.#system = system;
  }

  /** To be called whenever `client` is used; only the first time does anything. `ask` must not hold on to the client. */
  watch(
    client: unknown,
    { host, port }: { readonly host: string; readonly port: number | undefined },
    ask: (client: object) => Promise<ServerFigures | undefined>,
  ): void {
    if (typeof client !== 'object' || client === null || this.#seen.has(client)) return;
    this.#seen.add(client);
    if (!this.#recorder.config.cacheStats) return;
    const place = { 'server.address': host, ...(port === undefined ? {} : { 'server.port': port }) };
    this.#polls.watch(`${host}:${port ?? ''}`, client, ask, figures => this.#tell(place, figures));
  }

  stop(): void {
    this.#polls.stop();
  }

  #tell(place: Readonly<Record<string, string | number>>, figures: ServerFigures): void {
    const attributes = { 'cache.system': this.#system, ...place };
    const put = (metric: Metric, value: number | undefined, more: Readonly<Record<string, string>> = {}): void => {
      if (value !== undefined && Number.isFinite(value)) metric.point({ ...attributes, ...more }).value = value;
    };
    const evictions = this.#metric(
      'cache.evictions',
      '{item}',
      'counter',
      'Items that a cache let go of by itself, by reason',
    );
    put(evictions, figures.evictions, { 'cache.eviction.reason': 'full' });
    put(evictions, figures.expired, { 'cache.eviction.reason': 'ttl' });
    put(this.#metric('cache.memory.used', 'By', 'gauge', 'Memory that a cache uses'), figures.memoryBytes);
    if ((figures.maxMemoryBytes ?? 0) > 0)
      put(this.#metric('cache.memory.limit', 'By', 'gauge', 'Memory that a cache may use'), figures.maxMemoryBytes);
    put(this.#metric('cache.items', '{item}', 'gauge', 'Items in a cache'), figures.items);
  }

  #metric(name: string, unit: string, kind: MetricKind, description: string): Metric {
    return this.#recorder.metrics.metric({ name, unit, kind, description, scope: '@bellwether/node' });
  }
}
