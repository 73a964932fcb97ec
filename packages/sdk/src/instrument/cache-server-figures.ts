import type { Metric, MetricKind } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { quietly } from './quiet-scope.js';

const everyMs = 30_000;
const firstAfterMs = 1000;
const maxServers = 50;

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

interface Watched {
  readonly client: WeakRef<object>;
  readonly place: Readonly<Record<string, string | number>>;
  readonly ask: () => Promise<ServerFigures | undefined>;
  asking: boolean;
}

/**
 * Evictions and memory of cache servers, asked of each about every 30 seconds through a client of the application that is in use anyway. Several processes that use one
 * server tell the same figures: take the greatest, not the sum. `BELLWETHER_CACHE_STATS=false` switches it off.
 */
export class CacheServerFigures {
  readonly #recorder: Recorder;
  readonly #system: string;
  readonly #watched = new Map<string, Watched>();
  readonly #seen = new WeakSet<object>();
  #timer: NodeJS.Timeout | undefined;

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
    const key = `${host}:${port ?? ''}`;
    const known = this.#watched.get(key);
    if (known?.client.deref() !== undefined || this.#watched.size >= maxServers) return;
    const reference = new WeakRef(client);
    this.#watched.set(key, {
      client: reference,
      place: { 'server.address': host, ...(port === undefined ? {} : { 'server.port': port }) },
      async ask() {
        const alive = reference.deref();
        return alive === undefined ? undefined : ask(alive);
      },
      asking: false,
    });
    if (this.#timer !== undefined) return;
    setTimeout(() => this.#askAll(), firstAfterMs).unref();
    this.#timer = setInterval(() => this.#askAll(), everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #askAll(): void {
    for (const [key, watched] of this.#watched) {
      if (watched.client.deref() === undefined) this.#watched.delete(key);
      else if (!watched.asking) void this.#ask(watched);
    }
  }

  async #ask(watched: Watched): Promise<void> {
    watched.asking = true;
    try {
      const figures = await quietly(() => watched.ask());
      if (figures !== undefined) this.#tell(watched.place, figures);
    } catch {
      // The server is away or does not let us: its clients tell of that themselves.
    } finally {
      watched.asking = false;
    }
  }

  #tell(place: Watched['place'], figures: ServerFigures): void {
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
