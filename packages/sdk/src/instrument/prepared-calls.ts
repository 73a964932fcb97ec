import { memberOf } from '../errors/member-of.js';
import type { CallFailure, DatabaseCalls, OpenCall } from './database-calls.js';
import type { Tools } from './instrumentation.js';
import type { Statement, Statements } from './statements.js';
import { type Method, wrap } from './wrap.js';

const known = Symbol('bellwether.statement');

/** A prepared statement. What it asks is kept on it: a property costs less than a WeakMap. */
interface Prepared {
  [known]?: Statement | undefined;
}

/** Prepared statements of SQLite, which answer before they return: `run`, `get`, `all` and `iterate`. */
export class PreparedCalls {
  readonly #tools: Tools;
  readonly #calls: DatabaseCalls;
  readonly #name: string;

  /** `name`: the library, for faults. */
  constructor(tools: Tools, calls: DatabaseCalls, name: string) {
    this.#tools = tools;
    this.#calls = calls;
    this.#name = name;
  }

  /** Watches the statements of `prototype`. `statementOf` is asked for those that nobody has kept anything on. */
  watch(prototype: object, statementOf: (prepared: object) => Statement | undefined): void {
    const open = (prepared: unknown): OpenCall | undefined => {
      try {
        // An object of the library's, on which only we set our property.
        const own = prepared as Prepared;
        const statement = (own[known] ??= statementOf(own));
        return statement === undefined ? undefined : this.#calls.open(statement);
      } catch {
        this.#tools.recorder.fault(`${this.#name} (query)`);
        return undefined;
      }
    };
    for (const [name, rowsOf] of Object.entries(answers)) {
      const undo = wrap(prototype, name, (prepared, args, method) =>
        this.#call(open(prepared), () => method.apply(prepared, args), rowsOf),
      );
      if (undo !== undefined) this.#tools.undo(undo);
    }
    const undo = wrap(prototype, 'iterate', (prepared, args, iterate) => {
      const call = open(prepared);
      if (call === undefined) return iterate.apply(prepared, args);
      let rows: unknown;
      try {
        rows = iterate.apply(prepared, args);
      } catch (error) {
        this.#close(call, error, undefined);
        throw error;
      }
      return this.#followed(rows, call);
    });
    if (undo !== undefined) this.#tools.undo(undo);
  }

  /** Says what `prepared` asks. */
  keep(prepared: unknown, statement: Statement): void {
    // As above.
    if (typeof prepared === 'object' && prepared !== null) (prepared as Prepared)[known] = statement;
  }

  /** Watches `exec` of databases, which runs a text that may hold several statements. */
  watchExec(prototype: object, statementsOf: (database: unknown) => Statements | undefined): void {
    const undo = wrap(prototype, 'exec', (database, args, exec) => {
      const [text] = args;
      let call: OpenCall | undefined;
      try {
        const statement = typeof text === 'string' ? statementsOf(database)?.sql(text) : undefined;
        if (statement !== undefined) call = this.#calls.open(statement);
      } catch {
        this.#tools.recorder.fault(`${this.#name} (exec)`);
      }
      return this.#call(
        call,
        () => exec.apply(database, args),
        () => undefined,
      );
    });
    if (undo !== undefined) this.#tools.undo(undo);
  }

  #call(call: OpenCall | undefined, run: () => unknown, rowsOf: (result: unknown) => number | undefined): unknown {
    if (call === undefined) return run();
    let result: unknown;
    try {
      result = run();
    } catch (error) {
      this.#close(call, error, undefined);
      throw error;
    }
    this.#close(call, undefined, rowsOf(result));
    return result;
  }

  /** An iterator that ends the call when it has given its last row, or is left before. */
  #followed(rows: unknown, call: OpenCall): unknown {
    if (typeof rows !== 'object' || rows === null) return rows;
    let given = 0;
    let isOver = false;
    const over = (error?: unknown): void => {
      if (isOver) return;
      isOver = true;
      this.#close(call, error, given);
    };
    const around =
      (isEnd: (result: unknown) => boolean) =>
      (iterator: unknown, args: unknown[], method: Method): unknown => {
        let result: unknown;
        try {
          result = method.apply(iterator, args);
        } catch (error) {
          over(error);
          throw error;
        }
        if (isEnd(result)) over();
        else given++;
        return result;
      };
    wrap(
      rows,
      'next',
      around(result => memberOf(result, 'done') === true),
    );
    wrap(
      rows,
      'return',
      around(() => true),
    );
    return rows;
  }

  #close(call: OpenCall, error: unknown, rows: number | undefined): void {
    try {
      this.#calls.close(call, error === undefined ? undefined : failureOf(error), rows);
    } catch {
      this.#tools.recorder.fault(`${this.#name} (result)`);
    }
  }
}

/** The rows of what each method answers. */
const answers: Readonly<Record<string, (result: unknown) => number | undefined>> = {
  run: result => {
    const changes = memberOf(result, 'changes');
    return typeof changes === 'number' || typeof changes === 'bigint' ? Number(changes) : undefined;
  },
  get: result => (result === undefined ? 0 : 1),
  all: result => (Array.isArray(result) ? result.length : undefined),
};

/** `SQLITE_CONSTRAINT_UNIQUE` as better-sqlite3 says it, `ERR_SQLITE_ERROR` and the number of SQLite's as Node does. */
function failureOf(error: unknown): CallFailure {
  const [code, number] = [memberOf(error, 'code'), memberOf(error, 'errcode')];
  return {
    type: typeof code === 'string' && code !== '' ? code : error instanceof Error ? error.name : 'error',
    code: typeof number === 'number' ? String(number) : undefined,
  };
}
