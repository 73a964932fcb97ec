import { performance } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SampleCache } from '../promql/sample-cache.js';
import type { ReceiverLink } from '../handover/receiver-link.js';

/** What the server counts about itself. */
export interface OwnMetrics {
  /** An answer of the API: its route (never its URL), status and time. */
  answered(route: string, status: number, seconds: number): void;
  /** Prometheus text: the server's own numbers, then the receiver's. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Everything is read when it is asked for: nothing runs in between. */
export function ownMetrics(receiver: ReceiverLink, startedAtMs: number, cache?: SampleCache): OwnMetrics {
  const registry = new Registry();
  const registers = [registry];
  const answers = new Histogram({
    name: 'bellwether_http_request_duration_seconds',
    help: 'Time to answer a request of the API, by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  void new Counter({
    name: 'bellwether_server_cpu_seconds_total',
    help: 'CPU time of the server process, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('bellwether_server_resident_memory_bytes', 'Resident memory of the server process.', () =>
    process.memoryUsage.rss(),
  );
  gauge(
    'bellwether_server_start_time_seconds',
    'When the server started, seconds since 1970.',
    () => startedAtMs / 1000,
  );
  let before = performance.eventLoopUtilization();
  gauge(
    'bellwether_server_event_loop_utilization_ratio',
    'Busy share of the event loop since the last scrape, 0 to 1.',
    () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return utilization;
    },
  );
  gauge('bellwether_receiver_connected', '1 while a receiver is connected to the server.', () =>
    receiver.connected() ? 1 : 0,
  );

  if (cache !== undefined) {
    gauge('bellwether_promql_cache_bytes', 'Memory of the samples that are kept for PromQL.', () => cache.facts.bytes);
    gauge(
      'bellwether_promql_cache_max_bytes',
      'What they may take (query.promqlCacheBytes).',
      () => cache.facts.maxBytes,
    );
    void new Counter({
      name: 'bellwether_promql_cache_selectors_total',
      help: 'Selectors of PromQL by where their samples came from: kept, kept and some read, or all read.',
      labelNames: ['source'],
      registers,
      collect() {
        const { hits, refreshes, misses } = cache.facts;
        this.reset();
        this.inc({ source: 'kept' }, hits);
        this.inc({ source: 'refreshed' }, refreshes);
        this.inc({ source: 'read' }, misses);
      },
    });
    void new Counter({
      name: 'bellwether_promql_cache_evicted_total',
      help: 'Metrics whose samples made room for others.',
      registers,
      collect() {
        this.reset();
        this.inc(cache.facts.evicted);
      },
    });
  }

  return {
    contentType: registry.contentType,
    answered(route, status, seconds) {
      answers.observe({ route, status: String(status) }, seconds);
    },
    async text() {
      const own = await registry.metrics();
      return `${own.trimEnd()}\n${receiver.status()?.metricsText ?? ''}`;
    },
  };
}
