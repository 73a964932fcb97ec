import { errorMonitor } from 'node:events';
import { type Scope, scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { type CallFailure, databaseCalls, type OpenCall } from './database-calls.js';
import { targetOf } from './database-target.js';
import { inScope } from './in-scope.js';
import type { Instrumentation } from './instrumentation.js';
import type { Statements } from './statements.js';
import { wrap, type Method } from './wrap.js';

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
    const byConnection = new WeakMap<object, Statements>();

    tools.onLoad('mysql2', (exports, version) => {
      const Connection = memberOf(exports, 'Connection');
      if (typeof Connection === 'function') {
        watchConnection(Connection.prototype);
        tools.seen(version);
      }
      const Pool = memberOf(exports, 'Pool');
      if (typeof Pool === 'function') watchPool(Pool.prototype);
      // `mysql2/promise` names only its own classes; the ones below are met when the first is made.
      if (typeof exports !== 'object' || exports === null || memberOf(exports, 'PromisePool') === undefined) return;
      tools.seen(version);
      watchMaker(exports, 'createPool', made => watchPool(prototypeOf(memberOf(made, 'pool'))));
      watchMaker(exports, 'createConnection', made => watchConnection(prototypeOf(memberOf(made, 'connection'))));
    });

    function watchMaker(exports: object, name: string, met: (made: unknown) => void): void {
      const undo = wrap(exports, name, (self, args, make) => {
        const made = make.apply(self, args);
        guarded('making', () => {
          if (isPromise(made)) made.then(met, () => {});
          else met(made);
        });
        return made;
      });
      if (undo !== undefined) tools.undo(undo);
    }

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
      const undo = wrap(owner, 'getConnection', (pool, args, getConnection) => {
        const [callback] = args;
        if (typeof callback !== 'function') return getConnection.apply(pool, args);
        const scope = scopes.getStore();
        const bound = scope === undefined ? callback : inScope(scope, callback);
        return getConnection.call(pool, (error: unknown, connection: unknown, ...rest: unknown[]) => {
          guarded('pool', () => watchConnection(prototypeOf(connection)));
          return bound(error, connection, ...rest);
        });
      });
      if (undo !== undefined) tools.undo(undo);
    }

    function traced(connection: unknown, args: unknown[], query: Method): unknown {
      let call: OpenCall | undefined;
      guarded('query', () => (call = open(connection, args[0])));
      if (call === undefined) return query.apply(connection, args);
      const finish = finishOf(call);
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

    function finishOf(call: OpenCall): (error: unknown, rows: number | undefined) => void {
      let open: OpenCall | undefined = call;
      return (error, rows) => {
        if (open === undefined) return;
        const ended = open;
        open = undefined;
        guarded('result', () => calls.close(ended, failureOf(error), rows));
      };
    }

    function open(connection: unknown, sql: unknown): OpenCall | undefined {
      const text = typeof sql === 'string' ? sql : memberOf(sql, 'sql');
      if (typeof text !== 'string' || typeof connection !== 'object' || connection === null) return undefined;
      let statements = byConnection.get(connection);
      if (statements === undefined) {
        const config = memberOf(connection, 'config');
        statements = calls.databases.of(
          targetOf(
            'mysql',
            memberOf(config, 'database'),
            memberOf(config, 'socketPath') ?? memberOf(config, 'host'),
            memberOf(config, 'port'),
          ),
        );
        byConnection.set(connection, statements);
      }
      return calls.open(statements.sql(text));
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

function prototypeOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
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

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof memberOf(value, 'then') === 'function';
}
