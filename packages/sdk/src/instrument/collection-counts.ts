import type { Attributes } from '@opentelemetry/api';
import type { Metric } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { scopes } from '../core/scope.js';
import { type DatabaseTarget, targetAttributes } from './database-target.js';

/** A table or collection and how many rows or documents the database estimates it to hold. */
export interface CollectionCount {
  readonly name: string;
  readonly count: number;
}

/** Collections per database that are told; a count asks for the largest. */
export const maxCollections = 200;
const maxDatabases = 20;
/** After a database was first used, so that its start is not made slower. */
const firstAfterMs = 1000;

/**
 * How much is in the databases that the application uses, when it is asked for (`collectionCountMinutes`): estimates that databases keep by themselves, read at an interval and told as
 * gauges in between. One count at a time.
 */
export class CollectionCounts {
  readonly #recorder: Recorder;
  readonly #everyMs: number;
  readonly #known = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #rows: Metric;
  readonly #collections: Metric;
  #last: Promise<void> = Promise.resolve();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#everyMs = recorder.config.collectionCountMinutes * 60_000;
    this.#rows = recorder.metrics.metric({
      name: 'db.collection.rows',
      kind: 'gauge',
      unit: '{row}',
      description: 'Rows or documents of a table or collection, as the database estimates them',
      scope: '@bellwether/node',
    });
    this.#collections = recorder.metrics.metric({
      name: 'db.collections',
      kind: 'gauge',
      unit: '{collection}',
      description: 'Tables or collections of a database',
      scope: '@bellwether/node',
    });
  }

  /** A database is used; `like` is a client of it, kept weakly, and `count` asks by it. */
  used<Client extends object>(
    target: DatabaseTarget,
    like: Client,
    count: (like: Client) => Promise<readonly CollectionCount[]>,
  ): void {
    if (this.#everyMs === 0 || this.#known.size >= maxDatabases) return;
    const key = JSON.stringify(target);
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const client = new WeakRef(like);
    const again = (afterMs: number): void => {
      const timer = scopes.run(undefined, () => setTimeout(next, afterMs));
      timer.unref();
      this.#timers.add(timer);
      function next(): void {
        run(timer);
      }
    };
    const run = (timer: NodeJS.Timeout): void => {
      this.#timers.delete(timer);
      const live = client.deref();
      // The next client of this database takes over.
      if (live === undefined) {
        this.#known.delete(key);
        return;
      }
      this.#last = this.#last.then(() => this.#tell(target, () => count(live))).then(() => again(this.#everyMs));
    };
    again(firstAfterMs);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #tell(target: DatabaseTarget, count: () => Promise<readonly CollectionCount[]>): Promise<void> {
    try {
      const found = await count();
      const attributes: Attributes = targetAttributes(target);
      this.#collections.point(attributes).value = found.length;
      for (const { name, count: rows } of found.slice(0, maxCollections))
        this.#rows.point({ ...attributes, 'db.collection.name': name.slice(0, 120) }).value = Math.max(0, rows);
    } catch {
      this.#recorder.fault('counting collections');
    }
  }
}

/** Counts from an answer's rows with the members `name` and `count`, which drivers give as numbers or texts. */
export function countsOf(rows: unknown): readonly CollectionCount[] {
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    if (typeof row !== 'object' || row === null || !('name' in row) || !('count' in row)) return [];
    const count = Number(row.count ?? 0);
    return Number.isFinite(count) ? [{ name: String(row.name), count }] : [];
  });
}
