import { basename } from 'node:path';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import { databaseCalls } from './database-calls.js';
import { targetOf } from './database-target.js';
import type { Instrumentation } from './instrumentation.js';
import { PreparedCalls } from './prepared-calls.js';
import type { Statements } from './statements.js';
import { whenBuiltinLoads } from './when-builtin-loads.js';
import { wrap } from './wrap.js';

/** `node:sqlite` of Node 22.5 and newer: prepared statements and `exec`. Tag stores (`createTagStore`) prepare theirs where nobody sees it. */
export const nodeSqlite: Instrumentation = {
  name: 'node-sqlite',
  via: 'patch',
  attach(tools) {
    whenBuiltinLoads(tools, 'sqlite', sqlite => {
      const [databases, prepared] = ['DatabaseSync', 'StatementSync'].map(name =>
        memberOf(memberOf(sqlite, name), 'prototype'),
      );
      if (typeof databases !== 'object' || databases === null || typeof prepared !== 'object' || prepared === null)
        return;
      const calls = databaseCalls(tools.recorder);
      const preparedCalls = new PreparedCalls(tools, calls, 'node-sqlite');
      const byDatabase = new WeakMap<object, Statements>();
      const statementsOf = (database: unknown): Statements | undefined => {
        if (typeof database !== 'object' || database === null) return undefined;
        let statements = byDatabase.get(database);
        if (statements === undefined) {
          statements = calls.databases.of(targetOf('sqlite', fileOf(database), undefined, undefined));
          byDatabase.set(database, statements);
        }
        return statements;
      };
      preparedCalls.watch(prepared, () => undefined);
      preparedCalls.watchExec(databases, statementsOf);
      const undo = wrap(databases, 'prepare', (database, args, prepare) => {
        const made = prepare.apply(database, args);
        try {
          const statements = statementsOf(database);
          if (statements !== undefined && typeof args[0] === 'string')
            preparedCalls.keep(made, statements.sql(args[0]));
        } catch {
          tools.recorder.fault('node-sqlite (prepare)');
        }
        return made;
      });
      if (undo !== undefined) tools.undo(undo);
      tools.seen(process.versions.node);
    });
  },
};

/** The name of the database's file without its folder; `location` is there from Node 22.16 on. */
function fileOf(database: object): string | undefined {
  const location = callMethod(database, 'location');
  return typeof location === 'string' ? basename(location) : location === null ? ':memory:' : undefined;
}
