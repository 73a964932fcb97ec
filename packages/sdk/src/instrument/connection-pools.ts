import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import type { Metric, MetricKind, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import type { DatabaseTarget } from './database-target.js';

/** What a pool says of itself at this moment. */
export interface PoolState {
  /** Connections that work for somebody. */
  readonly used: number;
  readonly idle: number;
  /** Who waits for a connection. */
  readonly pending: number;
  /** Connections that there may be at most; undefined when there is no limit. */
  readonly max: number | undefined;
}

/** One pool that is watched. */
export interface WatchedPool {
  /** Somebody got a connection, or an error in its place, after this time. */
  waited(sinceMs: number, error: unknown, atMs?: number): void;
}

interface Entry {
  readonly pool: WeakRef<object>;
  readonly name: string;
  readonly read: (pool: object) => PoolState | undefined;
  readonly attributes: Attributes;
}

const maxPools = 100;

/**
 * The connection pools of all drivers, by OpenTelemetry's names (https://opentelemetry.io/docs/specs/semconv/database/database-metrics/): size, use, who waits, how long,
 * and who gave up. A pool's name is its database's, `host:port/database`; a second pool of the same database is `…#2`. Pools are read before each export, and
 * those that nobody holds any more are forgotten.
 */
export class ConnectionPools {
  readonly #entries = new Set<Entry>();
  readonly #count: Metric;
  readonly #max: Metric;
  readonly #pending: Metric;
  readonly #waits: Metric;
  readonly #timeouts: Metric;

  constructor(recorder: Recorder) {
    const metric = (name: string, kind: MetricKind, unit: string, description: string): Metric =>
      recorder.metrics.metric({ name, kind, unit, description, scope: '@bellwether/node' });
    this.#count = metric('db.client.connection.count', 'upDownCounter', '{connection}', 'Connections by state');
    this.#max = metric('db.client.connection.max', 'upDownCounter', '{connection}', 'Connections allowed at most');
    this.#pending = metric(
      'db.client.connection.pending_requests',
      'upDownCounter',
      '{request}',
      'Who waits for a connection',
    );
    this.#waits = metric('db.client.connection.wait_time', 'histogram', 's', 'Time until a pool gave a connection');
    this.#timeouts = metric(
      'db.client.connection.timeouts',
      'counter',
      '{timeout}',
      'Times that nobody got a connection in time',
    );
    recorder.metrics.beforeExport(() => this.#observe());
  }

  /** Watches a pool; `read` must hold no reference to it. */
  watch(pool: object, target: DatabaseTarget, read: (pool: object) => PoolState | undefined): WatchedPool {
    const name = this.#nameOf(target);
    const attributes: Attributes = { 'db.client.connection.pool.name': name, 'db.system.name': target.system };
    if (this.#entries.size < maxPools) this.#entries.add({ pool: new WeakRef(pool), name, read, attributes });
    let waits: Point | undefined;
    return {
      waited: (sinceMs, error, atMs = nowMs()) => {
        if (error instanceof Error && isTimeout(error)) this.#timeouts.point(attributes).value++;
        waits ??= this.#waits.point(attributes);
        waits.histogram?.record((atMs - sinceMs) / 1000);
      },
    };
  }

  #observe(): void {
    for (const entry of this.#entries) {
      const pool = entry.pool.deref();
      const state = pool === undefined ? undefined : entry.read(pool);
      const { used, idle, pending, max } = state ?? { used: 0, idle: 0, pending: 0, max: undefined };
      const { attributes } = entry;
      this.#count.point({ ...attributes, 'db.client.connection.state': 'used' }).value = used;
      this.#count.point({ ...attributes, 'db.client.connection.state': 'idle' }).value = idle;
      this.#pending.point(attributes).value = pending;
      if (max !== undefined) this.#max.point(attributes).value = max;
      if (pool === undefined) this.#entries.delete(entry);
    }
  }

  #nameOf({ address, port, namespace, system }: DatabaseTarget): string {
    const place = `${address ?? system}${port === undefined ? '' : `:${port}`}`;
    const base = namespace === undefined ? place : `${place}/${namespace}`;
    const taken = new Set([...this.#entries].map(({ name }) => name));
    let name = base;
    for (let nth = 2; taken.has(name) && nth <= maxPools; nth++) name = `${base}#${nth}`;
    return name;
  }
}

/** Drivers say it by message or by the name of the class; none has a code for it. */
function isTimeout(error: Error): boolean {
  return /timeout|timed out/i.test(`${error.name} ${error.message.slice(0, 200)}`);
}

const ofRecorder = new WeakMap<Recorder, ConnectionPools>();

/** The one of this recorder, which all drivers share. */
export function connectionPools(recorder: Recorder): ConnectionPools {
  let pools = ofRecorder.get(recorder);
  if (pools === undefined) {
    pools = new ConnectionPools(recorder);
    ofRecorder.set(recorder, pools);
  }
  return pools;
}
