import { memberOf } from '../errors/member-of.js';
import { begin, databaseCalls, type OpenCall } from './database-calls.js';
import { targetOf } from './database-target.js';
import type { Instrumentation } from './instrumentation.js';
import { sqlFailure } from './sql-failure.js';
import type { Statements } from './statements.js';
import { wrap, type Method } from './wrap.js';

/**
 * postgres (postgres.js) 3: its queries, from being sent to their result. It publishes nothing and its functions are closures, so what is patched is `Query#handle`, which
 * sends a query when somebody first waits for it. Server and database are known where the library is an ES module; as CommonJS it cannot be reached there.
 */
export const postgres: Instrumentation = {
  name: 'postgres',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const calls = databaseCalls(recorder);
    const byHandler = new WeakMap<object, Statements>();
    /** What queries of transactions are counted for, which have a handler of their own: the database when there is only one. */
    let only = calls.databases.of(targetOf('postgresql', undefined, undefined, undefined));
    let known = 0;

    for (const form of ['src', 'cjs/src']) {
      tools.onLoad(`postgres/${form}/query`, (exports, version) => {
        const Query = memberOf(exports, 'Query');
        if (typeof Query !== 'function') return;
        const undo = wrap(Query.prototype, 'handle', traced);
        if (undo === undefined) return;
        tools.undo(undo);
        tools.seen(version);
      });
    }
    tools.onLoad('postgres/src/index', exports => {
      const make = memberOf(exports, 'default');
      if (typeof make !== 'function' || typeof exports !== 'object' || exports === null) return;
      const ours = new Proxy(make, {
        apply(target, self, args) {
          const sql: unknown = Reflect.apply(target, self, args);
          guarded('options', () => remember(sql));
          return sql;
        },
      });
      Reflect.set(exports, 'default', ours);
    });

    function remember(sql: unknown): void {
      const options = memberOf(sql, 'options');
      const first = (name: string): unknown => {
        const value = memberOf(options, name);
        return Array.isArray(value) ? value[0] : value;
      };
      const statements = calls.databases.of(targetOf('postgresql', first('database'), first('host'), first('port')));
      // A query that nobody waits for is never sent: this one only shows the handler that all others have.
      const probe: unknown =
        typeof sql === 'function' ? Reflect.apply(sql, undefined, [Object.assign([''], { raw: [''] })]) : undefined;
      const handler = memberOf(probe, 'handler');
      if (typeof handler === 'function') byHandler.set(handler, statements);
      if (++known === 1) only = statements;
      else if (only !== statements) only = calls.databases.of(targetOf('postgresql', undefined, undefined, undefined));
    }

    function traced(query: unknown, args: unknown[], handle: Method): unknown {
      guarded('query', () => {
        if (typeof query === 'object' && query !== null && memberOf(query, 'executed') === false) follow(query);
      });
      return handle.apply(query, args);
    }

    function follow(query: object): void {
      const handler = memberOf(query, 'handler');
      const statements = (typeof handler === 'function' ? byHandler.get(handler) : undefined) ?? only;
      const strings = memberOf(query, 'strings');
      const text: unknown = memberOf(query, 'tagged') !== true && Array.isArray(strings) ? strings[0] : undefined;
      const opened = typeof text === 'string' ? calls.open(statements.sql(text)) : undefined;
      const begun = begin();
      let done = false;
      const finish = (error: unknown, result: unknown): void => {
        if (done) return;
        done = true;
        // A query that was put together of parts has its text when it has been sent; it remembers who wrote it.
        const sent = memberOf(query, 'string');
        const noted = {
          get stack() {
            return memberOf(query, 'origin');
          },
        };
        const call: OpenCall | undefined =
          opened ?? (typeof sent === 'string' ? calls.openLate(begun, statements.sql(sent), noted) : undefined);
        if (call !== undefined) calls.close(call, error === undefined ? undefined : sqlFailure(error), rowsOf(result));
      };
      let rows = 0;
      const isCursor = memberOf(query, 'cursorRows') !== undefined;
      if (isCursor) watch(query, 'cursorFn', batch => void (rows += Array.isArray(batch) ? batch.length : 0));
      watch(query, 'resolve', result => finish(undefined, isCursor ? { count: rows } : result));
      watch(query, 'reject', error => finish(error ?? 'error', undefined));
    }

    /** Looks on while a function of the query is called. A cursor sets its functions anew for each batch: ours stands before whichever there is. */
    function watch(query: object, name: string, called: (value: unknown) => void): void {
      let theirs = memberOf(query, name);
      const ours = (value: unknown): unknown => {
        guarded('result', () => called(value));
        return typeof theirs === 'function' ? Reflect.apply(theirs, query, [value]) : undefined;
      };
      if (memberOf(query, 'cursorRows') === undefined) {
        Reflect.set(query, name, ours);
        return;
      }
      const get = (): unknown => (theirs === undefined ? undefined : ours);
      const set = (value: unknown): void => void (theirs = value);
      Object.defineProperty(query, name, { get, set, configurable: true, enumerable: true });
    }

    function guarded(what: string, run: () => void): void {
      try {
        run();
      } catch {
        recorder.fault(`postgres (${what})`);
      }
    }
  },
};

/** Rows that came or were changed; those of the last of several statements. A cursor's end brings nothing. */
function rowsOf(result: unknown): number | undefined {
  const count = memberOf(result, 'count');
  if (typeof count === 'number') return count;
  return Array.isArray(result) && result.length > 0 ? rowsOf(result.at(-1)) : undefined;
}
