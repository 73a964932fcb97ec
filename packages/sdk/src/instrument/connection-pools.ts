import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import type { Metric, MetricKind, Point } from '../core/metrics.js';
import { randomWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { type Scope, scopes } from '../core/scope.js';
import { spanKind, type Template } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import { callPlaces } from './call-places.js';
import type { NotedStack } from './call-site.js';
import { type DatabaseTarget, targetAttributes } from './database-target.js';

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

/** Somebody who has asked a pool for a connection. */
export interface PoolWait {
  /** When, on the monotonic clock. */
  readonly atMs: number;
  readonly scope: Scope | undefined;
  /** Where it was asked from, when somebody had to wait a moment ago. */
  readonly stack: NotedStack | undefined;
}

/** One pool that is watched. */
export interface WatchedPool {
  /** Until when whoever asks is looked at, since somebody had to wait a moment ago. */
  readonly suspectUntilMs: number;
  /**
   * Whoever asked got a connection, or an error in its place, at `atMs`. `wasFull`: all connections were in use when it was asked for; else it waited for the server, or for the process itself.
   */
  waited(wait: PoolWait, error: unknown, wasFull: boolean, atMs?: number): void;
}

interface Entry {
  readonly pool: WeakRef<object>;
  readonly name: string;
  readonly read: (pool: object) => PoolState | undefined;
  readonly attributes: Attributes;
}

const maxPools = 100;
/** Shorter waits are no spans, only part of the histogram. */
const leastToldMs = 10;
/** After a wait that was told, the next ones are looked at. */
const suspectMs = 60_000;
const errorType = attributeKey('error.type');

/**
 * The connection pools of all drivers, by OpenTelemetry's names (https://opentelemetry.io/docs/specs/semconv/database/database-metrics/): size, use, who waits, how long,
 * and who gave up. A long wait for a connection in use is a span besides, `pool.acquire`. A pool's name is its database's, `host:port/database`; a second pool of the same database is `…#2`. Pools are read before each export, and
 * those that nobody holds any more are forgotten.
 */
export class ConnectionPools {
  readonly #entries = new Set<Entry>();
  readonly #count: Metric;
  readonly #max: Metric;
  readonly #pending: Metric;
  readonly #waits: Metric;
  readonly #timeouts: Metric;
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
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

  /** Called where a pool is asked for a connection; `watched` is the pool, when it is known. */
  asks(watched: WatchedPool | undefined): PoolWait {
    const atMs = nowMs();
    const scope = scopes.getStore();
    const isSuspect = watched !== undefined && atMs < watched.suspectUntilMs;
    return { atMs, scope, stack: isSuspect ? callPlaces(this.#recorder, 'pool').look(scope, atMs) : undefined };
  }

  /** Watches a pool; `read` must hold no reference to it. */
  watch(pool: object, target: DatabaseTarget, read: (pool: object) => PoolState | undefined): WatchedPool {
    const name = this.#nameOf(target);
    const attributes: Attributes = { 'db.client.connection.pool.name': name, 'db.system.name': target.system };
    if (this.#entries.size < maxPools) this.#entries.add({ pool: new WeakRef(pool), name, read, attributes });
    let waits: Point | undefined;
    let template: Template | undefined;
    let suspectUntilMs = 0;
    return {
      get suspectUntilMs() {
        return suspectUntilMs;
      },
      waited: (wait, error, wasFull, endMs = nowMs()) => {
        const inTime = !(error instanceof Error && isTimeout(error));
        if (!inTime) this.#timeouts.point(attributes).value++;
        waits ??= this.#waits.point(attributes);
        waits.histogram?.record((endMs - wait.atMs) / 1000);
        if (!wasFull || endMs - wait.atMs < leastToldMs) return;
        // Any other error is not about the pool.
        if (inTime && error !== undefined && error !== null) return;
        suspectUntilMs = endMs + suspectMs;
        template ??= this.#template(target, attributes);
        this.#tell(template, wait, endMs, inTime ? undefined : 'timeout');
      },
    };
  }

  #template(target: DatabaseTarget, pool: Attributes): Template {
    const attributes = { ...targetAttributes(target), ...pool };
    const { 'db.system.name': system } = pool;
    const overflow = system === undefined ? {} : { 'db.system.name': system };
    const { internal: kind } = spanKind;
    return this.#recorder.templates.create(
      { name: 'pool.acquire', kind, attributes, metric: this.#waits, metricAttributes: pool },
      { name: 'pool.acquire', kind, attributes: overflow, metric: this.#waits, metricAttributes: overflow },
    );
  }

  #tell(template: Template, { atMs, scope, stack }: PoolWait, endMs: number, failure: string | undefined): void {
    // Outside of any trace nobody can be told who waited.
    if (scope === undefined || !scope.hasSpan || !scope.sampled) return;
    const recorder = this.#recorder;
    const { spans } = recorder;
    const before = spans.out.length;
    try {
      const start = spans.begin(scope, randomWord(), randomWord(), scope.s0, scope.s1, template, atMs, endMs);
      callPlaces(recorder, 'pool').tell(spans, stack);
      if (failure !== undefined) spans.string(errorType, failure);
      spans.end(start, failure === undefined ? 0 : 2, failure ?? '');
    } catch (fault) {
      spans.cancel(before);
      throw fault;
    }
    recorder.written();
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

/** Whether all connections of a pool are in use or promised to those who wait; asked before one is asked for. */
export function isFull(state: PoolState | undefined): boolean {
  return state?.max !== undefined && state.used + state.pending >= state.max;
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
