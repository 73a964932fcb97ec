import { nowMs } from '../core/clock.js';
import { scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { connectionPools, isFull, type PoolState, type PoolWait, type WatchedPool } from './connection-pools.js';
import { databaseCalls, type OpenCall } from './database-calls.js';
import { targetOf } from './database-target.js';
import { inScope } from './in-scope.js';
import type { Instrumentation } from './instrumentation.js';
import { countPg } from './pg-counts.js';
import { explainPg } from './pg-explain.js';
import { sqlFailure } from './sql-failure.js';
import type { Statements } from './statements.js';
import { wrap, type Method } from './wrap.js';

/** The part of a pg client that we read. */
interface Client {
  readonly database?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
}

/** A pool that has given a client. */
interface KnownPool {
  readonly statements: Statements;
  readonly watched: WatchedPool;
}

/**
 * pg ≥ 8: `Client#query` in its three forms (promise, callback, and an object that submits itself, as cursors and query streams do),
 * and `Pool#connect`, whose callback must keep the context of who waits for a client and not of who gives one back.
 */
export const pg: Instrumentation = {
  name: 'pg',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const calls = databaseCalls(recorder);
    const pools = connectionPools(recorder);
    /** `own`: a client of ours, that explains or counts. */
    const byClient = new WeakMap<object, Statements | 'own'>();
    const isOurs = (client: object): void => void byClient.set(client, 'own');
    const byPool = new WeakMap<object, KnownPool>();

    tools.onLoad('pg', (exports, version) => {
      const Client =
        typeof exports === 'object' && exports !== null && 'Client' in exports ? exports.Client : undefined;
      if (typeof Client !== 'function') return;
      const undo = wrap(Client.prototype, 'query', (client, args, query) => traced(client, args, query));
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });
    tools.onLoad('pg-pool', Pool => {
      if (typeof Pool !== 'function') return;
      for (const undo of [wrap(Pool.prototype, 'connect', connect), wrap(Pool.prototype, 'query', poolQuery)]) {
        if (undo !== undefined) tools.undo(undo);
      }
    });

    /** A pool's own query asks for a client and sends from its callback. Which database that is, is known from the first client on. */
    function poolQuery(pool: unknown, args: unknown[], query: Method): unknown {
      const known = typeof pool === 'object' && pool !== null ? byPool.get(pool) : undefined;
      const text = textOf(args[0]);
      if (text === undefined) return query.apply(pool, args);
      calls.askPool(known?.statements, text);
      try {
        return query.apply(pool, args);
      } finally {
        calls.poolAsked();
      }
    }

    function connect(pool: unknown, args: unknown[], connect: Method): unknown {
      const [callback] = args;
      const { noted } = calls;
      const watched = typeof pool === 'object' && pool !== null ? byPool.get(pool)?.watched : undefined;
      // Where somebody had to wait a moment ago, the line is looked for.
      const wait = noted === undefined || noted.atMs < (watched?.suspectUntilMs ?? 0) ? pools.asks(watched) : noted;
      const { scope } = wait;
      const wasFull = typeof pool === 'object' && pool !== null && isFull(poolState(pool));
      if (typeof callback === 'function') {
        return connect.call(pool, (error: unknown, client: unknown, release: unknown) => {
          const atMs = nowMs();
          got(pool, wait, wasFull, error, client, atMs);
          calls.hand(noted, atMs);
          try {
            if (scope === undefined || scopes.getStore() === scope) return callback(error, client, release);
            return scopes.run(scope, () => callback(error, client, release));
          } finally {
            calls.hand(undefined);
          }
        });
      }
      const result = connect.apply(pool, args);
      if (isPromise(result)) {
        result.then(
          client => got(pool, wait, wasFull, undefined, client, nowMs()),
          (error: unknown) => got(pool, wait, wasFull, error, undefined, nowMs()),
        );
      }
      return result;
    }

    function got(pool: unknown, wait: PoolWait, wasFull: boolean, error: unknown, client: unknown, atMs: number): void {
      try {
        poolOf(pool, client)?.watched.waited(wait, error, wasFull, atMs);
      } catch {
        recorder.fault('pg (pool)');
      }
    }

    function poolOf(pool: unknown, client: unknown): KnownPool | undefined {
      if (typeof pool !== 'object' || pool === null) return undefined;
      let known = byPool.get(pool);
      // A pool whose first connections all fail is told of by what it was configured with.
      const of = typeof client === 'object' && client !== null ? client : memberOf(pool, 'options');
      if (known === undefined && typeof of === 'object' && of !== null) {
        const statements = statementsOf(of);
        if (statements === undefined) return undefined;
        known = { statements, watched: pools.watch(pool, statements.target, poolState) };
        byPool.set(pool, known);
      }
      return known;
    }

    function traced(client: unknown, args: unknown[], query: Method): unknown {
      let span: OpenCall | undefined;
      try {
        span = open(client, args[0]);
      } catch {
        recorder.fault('pg (query)');
      }
      if (span === undefined) return query.apply(client, args);
      const { scope } = span;
      const finish = (error: unknown, result: unknown): void => {
        try {
          if (span !== undefined) close(span, error, result, client, args);
        } catch {
          recorder.fault('pg (result)');
        }
        span = undefined;
      };
      const [config] = args;
      if (isSubmittable(config)) {
        watchSubmittable(config, finish);
        return query.apply(client, args);
      }
      // Also what the promises of `Pool#query` go through: here nothing is made that is not needed (bench/sdk-overhead).
      for (let at = args.length - 1; at > 0; at--) {
        const callback = args[at];
        if (typeof callback !== 'function') continue;
        args[at] = (error: unknown, result: unknown): unknown => {
          finish(error, result);
          return scopes.getStore() === scope
            ? callback(error, result)
            : scopes.run(scope, () => callback(error, result));
        };
        return query.apply(client, args);
      }
      if (hasCallback(config)) {
        const bound = inScope(scope, config.callback);
        const own = Object.assign(Object.create(Object.getPrototypeOf(config)), config, {
          callback: (error: unknown, ...results: unknown[]) => {
            finish(error, results[0]);
            return bound(error, ...results);
          },
        });
        return query.call(client, own, ...args.slice(1));
      }
      const result = query.apply(client, args);
      if (!isPromise(result)) {
        finish(undefined, undefined);
        return result;
      }
      // Their promise with our step in its chain: what rejects still rejects for whoever holds it, and for nobody else.
      return result.then(
        value => {
          finish(undefined, value);
          return value;
        },
        (error: unknown) => {
          finish(error, undefined);
          throw error;
        },
      );
    }

    function open(client: unknown, config: unknown): OpenCall | undefined {
      const text = textOf(config);
      if (text === undefined || typeof client !== 'object' || client === null) return undefined;
      const statements = statementsOf(client);
      return statements === undefined ? undefined : calls.open(statements.sql(text));
    }

    /** Undefined for a client of ours. Its fields are optional and unknown, so any object fits. */
    function statementsOf(client: Client): Statements | undefined {
      const known = byClient.get(client);
      if (known !== undefined) return known === 'own' ? undefined : known;
      const statements = calls.databases.of(targetOf('postgresql', client.database, client.host, client.port));
      byClient.set(client, statements);
      if (isClient(client)) calls.counts.used(statements.target, client, like => countPg(like, isOurs));
      return statements;
    }

    function close(call: OpenCall, error: unknown, result: unknown, client: unknown, query: readonly unknown[]): void {
      const failure = error === undefined || error === null ? undefined : sqlFailure(error);
      const isSlow = calls.close(call, failure, rowsOf(result));
      if (!isSlow || failure !== undefined || typeof client !== 'object' || client === null) return;
      calls.plans.consider(call, () => explainPg(client, query, isOurs));
    }
  },
};

interface QueryConfig {
  readonly text?: unknown;
  /** Where pg-query-stream keeps its text. */
  readonly cursor?: unknown;
}

function textOf(config: unknown): string | undefined {
  if (typeof config === 'string') return config;
  if (typeof config !== 'object' || config === null) return undefined;
  // Both are optional and unknown, so any object fits.
  const { text, cursor } = config as QueryConfig;
  return typeof text === 'string' ? text : cursor === undefined ? undefined : textOf(cursor);
}

interface Submittable {
  submit: Function;
  handleReadyForQuery?: Function;
  handleError?: Function;
  handleDataRow?: Function;
}

function isSubmittable(config: unknown): config is Submittable {
  return typeof config === 'object' && config !== null && 'submit' in config && typeof config.submit === 'function';
}

/** pg tells a submitted object of its rows by `handleDataRow` and of its end by `handleReadyForQuery` or `handleError`, whatever it is. */
function watchSubmittable(query: Submittable, finish: (error: unknown, result: unknown) => void): void {
  const { handleReadyForQuery, handleError, handleDataRow } = query;
  let rowCount = 0;
  if (typeof handleDataRow === 'function') {
    query.handleDataRow = function (this: unknown, ...args: unknown[]): unknown {
      rowCount++;
      return Reflect.apply(handleDataRow, this, args);
    };
  }
  if (typeof handleReadyForQuery === 'function') {
    query.handleReadyForQuery = function (this: unknown, ...args: unknown[]): unknown {
      finish(undefined, { rowCount });
      return Reflect.apply(handleReadyForQuery, this, args);
    };
  }
  if (typeof handleError === 'function') {
    query.handleError = function (this: unknown, ...args: unknown[]): unknown {
      finish(args[0], undefined);
      return Reflect.apply(handleError, this, args);
    };
  }
}

function hasCallback(config: unknown): config is { readonly callback: Function } {
  return typeof config === 'object' && config !== null && 'callback' in config && typeof config.callback === 'function';
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Rows of one result, or of the last of several statements. */
function rowsOf(result: unknown): number | undefined {
  const last: unknown = Array.isArray(result) ? result.at(-1) : result;
  if (typeof last !== 'object' || last === null) return undefined;
  if ('rows' in last && Array.isArray(last.rows) && last.rows.length > 0) return last.rows.length;
  return 'rowCount' in last && typeof last.rowCount === 'number' ? last.rowCount : undefined;
}

function poolState(pool: object): PoolState | undefined {
  const [total, idle, pending] = ['totalCount', 'idleCount', 'waitingCount'].map(name => memberOf(pool, name));
  const max = memberOf(memberOf(pool, 'options'), 'max');
  if (typeof total !== 'number' || typeof idle !== 'number' || typeof pending !== 'number') return undefined;
  return { used: total - idle, idle, pending, max: typeof max === 'number' ? max : undefined };
}

/** A client, and not the options of a pool that has none yet. */
function isClient(client: object): boolean {
  return typeof memberOf(client, 'connect') === 'function';
}
