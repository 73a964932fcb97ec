import { errorMonitor } from 'node:events';
import type { Scope } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { countsOf, maxCollections } from './collection-counts.js';
import { connectionPools, isFull, type PoolState, type WatchedPool } from './connection-pools.js';
import { type CallFailure, databaseCalls, type OpenCall } from './database-calls.js';
import { targetOf } from './database-target.js';
import { inScope } from './in-scope.js';
import type { Instrumentation } from './instrumentation.js';
import { besideMysql } from './mysql2-side-connection.js';
import type { Statements } from './statements.js';
import { wrap, type Method } from './wrap.js';

/** What the engine estimates of each table. Nothing is counted. */
const counts = `SELECT table_name AS name, table_rows AS count FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_rows DESC LIMIT ${maxCollections}`;

interface KnownPool {
  readonly statements: Statements;
  readonly watched: WatchedPool;
}

/**
 * mysql2 ≥ 2: `query` and `execute` of its connections, by promise, callback or events, alone and from pools; and `Pool#getConnection`, whose callback must keep the
 * context of who waits. Newer versions publish channels, but with the values written into the text, which would have to be taken out again for each query.
 */
export const mysql2: Instrumentation = {
  name: 'mysql2',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const calls = databaseCalls(recorder);
    const pools = connectionPools(recorder);
    const byPool = new WeakMap<object, KnownPool>();
    /** Connections of ours, that explain, and what they are made by. */
    const own = new WeakSet<object>();
    let connectionClass: Function | undefined;
    const byConnection = new WeakMap<object, Statements>();

    // Both entries of the package, with and without promises, are made of these.
    tools.onLoad('mysql2/lib/connection', (Connection, version) => {
      if (typeof Connection !== 'function') return;
      connectionClass = Connection;
      watchConnection(Connection.prototype);
      tools.seen(version);
    });
    tools.onLoad('mysql2/lib/pool', Pool => {
      if (typeof Pool === 'function') watchPool(Pool.prototype);
    });

    function watchConnection(prototype: unknown): void {
      const owner = ownerOf(prototype, 'query');
      if (owner === undefined) return;
      for (const name of ['query', 'execute']) {
        const undo = wrap(owner, name, traced);
        if (undo !== undefined) tools.undo(undo);
      }
    }

    function watchPool(prototype: unknown): void {
      const owner = ownerOf(prototype, 'getConnection');
      if (owner === undefined) return;
      const undos = [
        wrap(owner, 'getConnection', getConnection),
        wrap(owner, 'query', poolQuery),
        wrap(owner, 'execute', poolQuery),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
    }

    function getConnection(pool: unknown, args: unknown[], get: Method): unknown {
      const [callback] = args;
      if (typeof callback !== 'function') return get.apply(pool, args);
      const wait = pools.asks(typeof pool === 'object' && pool !== null ? byPool.get(pool)?.watched : undefined);
      const { scope } = wait;
      const wasFull = typeof pool === 'object' && pool !== null && isFull(poolState(pool));
      const { noted } = calls;
      const bound = scope === undefined ? callback : inScope(scope, callback);
      return get.call(pool, (error: unknown, connection: unknown, ...rest: unknown[]) => {
        guarded('pool', () => {
          poolOf(pool)?.watched.waited(wait, error, wasFull);
        });
        calls.hand(noted);
        try {
          return bound(error, connection, ...rest);
        } finally {
          calls.hand(undefined);
        }
      });
    }

    /** A pool's own query asks for a connection and sends from its callback. */
    function poolQuery(pool: unknown, args: unknown[], query: Method): unknown {
      const text = textOf(args[0]);
      let known: KnownPool | undefined;
      guarded('pool', () => (known = poolOf(pool)));
      if (text === undefined || known === undefined) return query.apply(pool, args);
      calls.askPool(known.statements, text);
      try {
        return query.apply(pool, args);
      } finally {
        calls.poolAsked();
      }
    }

    function poolOf(pool: unknown): KnownPool | undefined {
      if (typeof pool !== 'object' || pool === null) return undefined;
      let known = byPool.get(pool);
      if (known === undefined) {
        const statements = statementsOf(memberOf(memberOf(pool, 'config'), 'connectionConfig'));
        known = { statements, watched: pools.watch(pool, statements.target, poolState) };
        byPool.set(pool, known);
      }
      return known;
    }

    function traced(connection: unknown, args: unknown[], query: Method): unknown {
      let call: OpenCall | undefined;
      guarded('query', () => (call = open(connection, args[0])));
      if (call === undefined) return query.apply(connection, args);
      const finish = finishOf(call, connection, args);
      // The pool makes the command itself and hands it to the connection.
      const [first] = args;
      const onResult = memberOf(first, 'onResult');
      if (typeof first === 'object' && first !== null && typeof onResult === 'function') {
        Reflect.set(first, 'onResult', ending(call.scope, onResult, finish));
        return query.apply(connection, args);
      }
      const at = args.findLastIndex(argument => typeof argument === 'function');
      const callback = args[at];
      if (at > 0 && typeof callback === 'function') {
        const rest = [...args];
        rest[at] = ending(call.scope, callback, finish);
        return query.apply(connection, rest);
      }
      const command = query.apply(connection, args);
      guarded('query', () => followEvents(command, finish));
      return command;
    }

    function finishOf(
      call: OpenCall,
      connection: unknown,
      args: readonly unknown[],
    ): (error: unknown, rows: number | undefined) => void {
      let open: OpenCall | undefined = call;
      // The command that a pool makes has its values written into its text when it is sent.
      const [sql, given] = args;
      const text = textOf(sql);
      const values = Array.isArray(given) ? given : memberOf(sql, 'values');
      return (error, rows) => {
        if (open === undefined) return;
        const ended = open;
        open = undefined;
        guarded('result', () => {
          const failure = failureOf(error);
          const isSlow = calls.close(ended, failure, rows);
          const Connection = connectionClass;
          if (!isSlow || failure !== undefined || Connection === undefined || text === undefined) return;
          if (typeof connection !== 'object' || connection === null) return;
          calls.plans.consider(ended, async () => {
            const rows = await beside(Connection, connection, `EXPLAIN FORMAT=JSON ${text}`, values);
            return memberOf(Array.isArray(rows) ? rows[0] : undefined, 'EXPLAIN');
          });
        });
      };
    }

    function open(connection: unknown, sql: unknown): OpenCall | undefined {
      const text = textOf(sql);
      if (text === undefined || typeof connection !== 'object' || connection === null) return undefined;
      if (own.has(connection)) return undefined;
      let statements = byConnection.get(connection);
      if (statements === undefined) {
        statements = statementsOf(memberOf(connection, 'config'));
        byConnection.set(connection, statements);
        const Connection = connectionClass;
        if (Connection !== undefined)
          calls.counts.used(statements.target, connection, async like =>
            countsOf(await beside(Connection, like, counts, [])),
          );
      }
      return calls.open(statements.sql(text));
    }

    function statementsOf(config: unknown): Statements {
      const address = memberOf(config, 'socketPath') ?? memberOf(config, 'host');
      return calls.databases.of(targetOf('mysql', memberOf(config, 'database'), address, memberOf(config, 'port')));
    }

    function beside(Connection: Function, like: object, text: string, values: unknown): Promise<unknown> {
      return besideMysql(Connection, like, made => void own.add(made), text, values);
    }

    function guarded(what: string, run: () => void): void {
      try {
        run();
      } catch {
        recorder.fault(`mysql2 (${what})`);
      }
    }
  },
};

function textOf(sql: unknown): string | undefined {
  const text = typeof sql === 'string' ? sql : memberOf(sql, 'sql');
  return typeof text === 'string' ? text : undefined;
}

/** Its queues are not public, but have had these names since version 1. */
function poolState(pool: object): PoolState | undefined {
  const lengthOf = (name: string): unknown => memberOf(memberOf(pool, name), 'length');
  const [all, idle, pending] = [
    lengthOf('_allConnections'),
    lengthOf('_freeConnections'),
    lengthOf('_connectionQueue'),
  ];
  if (typeof all !== 'number' || typeof idle !== 'number' || typeof pending !== 'number') return undefined;
  const max = memberOf(memberOf(pool, 'config'), 'connectionLimit');
  return { used: all - idle, idle, pending, max: typeof max === 'number' && max > 0 ? max : undefined };
}

/** Their callback, in the scope of who asked, after our note of the end. */
function ending(scope: Scope, callback: Function, finish: (error: unknown, rows: number | undefined) => void): Method {
  const bound = inScope(scope, callback);
  return (error, ...results) => {
    finish(error, rowsOf(results[0]));
    return bound(error, ...results);
  };
}

/** A command without a callback tells of its rows and end by events. */
function followEvents(command: unknown, finish: (error: unknown, rows: number | undefined) => void): void {
  const on = memberOf(command, 'on');
  if (typeof on !== 'function') return;
  const listen = (name: string | symbol, listener: (value: unknown) => void): void =>
    void Reflect.apply(on, command, [name, listener]);
  let rows = 0;
  listen('result', row => void (rows += memberOf(row, 'affectedRows') === undefined ? 1 : 0));
  // A listener for `error` would keep an error that nobody handles from being thrown: this one only looks on.
  listen(errorMonitor, error => finish(error, undefined));
  listen('end', () => finish(undefined, rows));
}

/** Rows of a result, of the last of several, or those that a statement changed. */
function rowsOf(result: unknown): number | undefined {
  if (Array.isArray(result)) {
    const last: unknown = result.at(-1);
    if (Array.isArray(last)) return last.length;
    return memberOf(last, 'fieldCount') === 0 ? rowsOf(last) : result.length;
  }
  const changed = memberOf(result, 'affectedRows');
  return typeof changed === 'number' ? changed : undefined;
}

/** `ER_NO_SUCH_TABLE` and its number; or Node's code, or the error's class. */
function failureOf(error: unknown): CallFailure | undefined {
  if (error === undefined || error === null) return undefined;
  const code = memberOf(error, 'code');
  const number = memberOf(error, 'errno');
  const isServers = typeof number === 'number' && number >= 1000;
  return {
    type: typeof code === 'string' && code !== '' ? code : error instanceof Error ? error.name : 'error',
    code: isServers ? String(number) : undefined,
  };
}

/** The object in a prototype's chain that has the method of its own: pools' connections inherit it beside the plain ones. */
function ownerOf(prototype: unknown, name: string): object | undefined {
  let owner = prototype;
  while (typeof owner === 'object' && owner !== null) {
    if (Object.hasOwn(owner, name)) return owner;
    owner = Object.getPrototypeOf(owner);
  }
  return undefined;
}
