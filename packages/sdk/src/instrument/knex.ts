import { memberOf } from '../errors/member-of.js';
import { connectionPools, isFull, type PoolState, type WatchedPool } from './connection-pools.js';
import { targetOf } from './database-target.js';
import type { Instrumentation } from './instrumentation.js';
import { type OrmOperation, wrapOrm } from './orm-call.js';
import { wrap } from './wrap.js';

const systems = new Map([
  ['pg', 'postgresql'],
  ['postgresql', 'postgresql'],
  ['mysql', 'mysql'],
  ['mysql2', 'mysql'],
  ['sqlite3', 'sqlite'],
  ['better-sqlite3', 'sqlite'],
]);

/** Knex 2 and 3 (and what builds on it): its pool, and what was asked of it (`first`, `insert`, `raw`) on the queries, which are seen at the driver. */
export const knex: Instrumentation = {
  name: 'knex',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const pools = connectionPools(recorder);
    const watched = new WeakMap<object, WatchedPool>();
    tools.onLoad('knex/lib/client', (exports, version) => {
      const Client = typeof exports === 'function' ? exports : memberOf(exports, 'default');
      if (typeof Client !== 'function') return;
      const undo = wrap(Client.prototype, 'acquireConnection', (client, args, acquire) => {
        const pool = memberOf(client, 'pool');
        const wasFull = typeof pool === 'object' && pool !== null && isFull(poolState(pool));
        const wait = pools.asks(typeof pool === 'object' && pool !== null ? watched.get(pool) : undefined);
        const result = acquire.apply(client, args);
        const got = (error: unknown): void => {
          try {
            watchedPool(client)?.waited(wait, error, wasFull);
          } catch {
            recorder.fault('knex (pool)');
          }
        };
        if (result instanceof Promise) result.then(() => got(undefined), got);
        return result;
      });
      if (undo === undefined) return;
      tools.undo(undo);
      for (const one of wrapOrm(recorder, 'knex', Client.prototype, ['query'], (_client, [, query]) =>
        operationOf(query),
      ))
        tools.undo(one);
      tools.seen(version);
    });

    function watchedPool(client: unknown): WatchedPool | undefined {
      const pool = memberOf(client, 'pool');
      if (typeof pool !== 'object' || pool === null) return undefined;
      let known = watched.get(pool);
      if (known === undefined) {
        const settings = memberOf(client, 'connectionSettings');
        const driver = memberOf(client, 'driverName');
        const system = (typeof driver === 'string' ? systems.get(driver) : undefined) ?? 'other_sql';
        const target = targetOf(
          system,
          memberOf(settings, 'database'),
          memberOf(settings, 'host'),
          memberOf(settings, 'port'),
        );
        known = pools.watch(pool, target, poolState);
        watched.set(pool, known);
      }
      return known;
    }
  },
};

/** A query builder knows tables, not models. */
function operationOf(query: unknown): OrmOperation {
  const method = memberOf(query, 'method');
  return { model: undefined, operation: typeof method === 'string' ? method.slice(0, 40) : 'raw' };
}

/** A pool of tarn. */
function poolState(pool: object): PoolState | undefined {
  const count = (name: string): unknown => {
    const method = memberOf(pool, name);
    return typeof method === 'function' ? Reflect.apply(method, pool, []) : undefined;
  };
  const [used, idle, pending] = [count('numUsed'), count('numFree'), count('numPendingAcquires')];
  if (typeof used !== 'number' || typeof idle !== 'number' || typeof pending !== 'number') return undefined;
  const max = memberOf(pool, 'max');
  return { used, idle, pending, max: typeof max === 'number' ? max : undefined };
}
