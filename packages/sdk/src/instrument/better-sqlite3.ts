import { basename } from 'node:path';
import { memberOf } from '../errors/member-of.js';
import { databaseCalls } from './database-calls.js';
import { targetOf } from './database-target.js';
import type { Instrumentation } from './instrumentation.js';
import { PreparedCalls } from './prepared-calls.js';
import type { Statements } from './statements.js';
import { wrap } from './wrap.js';

/** better-sqlite3 ≥ 8: prepared statements, its transactions, and `exec`. Statements are of a native class, which is reached by the first of them. */
export const betterSqlite3: Instrumentation = {
  name: 'better-sqlite3',
  via: 'patch',
  attach(tools) {
    const calls = databaseCalls(tools.recorder);
    const preparedCalls = new PreparedCalls(tools, calls, 'better-sqlite3');
    const byDatabase = new WeakMap<object, Statements>();
    let watched: object | undefined;

    tools.onLoad('better-sqlite3', (Database, version) => {
      if (typeof Database !== 'function') return;
      const prototype: unknown = Database.prototype;
      if (typeof prototype !== 'object' || prototype === null) return;
      preparedCalls.watchExec(prototype, statementsOf);
      const undo = wrap(prototype, 'prepare', (database, args, prepare) => {
        const made = prepare.apply(database, args);
        try {
          watchClassOf(made);
        } catch {
          tools.recorder.fault('better-sqlite3 (prepare)');
        }
        return made;
      });
      if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });

    function watchClassOf(prepared: unknown): void {
      const prototype: unknown = Object.getPrototypeOf(prepared);
      if (typeof prototype !== 'object' || prototype === null || prototype === watched) return;
      watched = prototype;
      preparedCalls.watch(prototype, own => {
        const source = memberOf(own, 'source');
        return typeof source === 'string' ? statementsOf(memberOf(own, 'database'))?.sql(source) : undefined;
      });
    }

    function statementsOf(database: unknown): Statements | undefined {
      if (typeof database !== 'object' || database === null) return undefined;
      let statements = byDatabase.get(database);
      if (statements === undefined) {
        const name = memberOf(database, 'name');
        const file = typeof name === 'string' ? basename(name) : undefined;
        statements = calls.databases.of(targetOf('sqlite', file, undefined, undefined));
        byDatabase.set(database, statements);
      }
      return statements;
    }
  },
};
