/**
 * The engine as the rest of the server sees it. Two adapters will exist: embedded chDB and a ClickHouse cluster over HTTP.
 *
 * Row data never travels inside SQL text: `insert` takes the path of a `Native` file, `query` takes parameters (`{name:Type}`).
 */

declare const scoped: unique symbol;

/** Whose data a query may read. Made only where a request is authenticated (`api/scope.ts`) or in tests. */
export interface Scope {
  readonly [scoped]: true;
  readonly workspace: string;
}

export type SqlValue = string | number | bigint | boolean | readonly (string | number | bigint)[];

export interface QueryOptions {
  /** The engine binds `{workspace:String}` from it; a query that does not use it is refused. */
  readonly scope: Scope;
  readonly params?: Readonly<Record<string, SqlValue>>;
  /** Ends the work in the engine, not only our waiting. */
  readonly signal?: AbortSignal;
  /** Default 10. Beyond it the query fails with `QueryTooSlow`. */
  readonly maxSeconds?: number;
  /** Default 1 GiB. */
  readonly maxMemoryBytes?: number;
}

export interface QueryResult<Row> {
  /** As `JSONEachRow` gives them: 64-bit integers are text, times are text, Map is an object. */
  readonly rows: readonly Row[];
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly elapsedMs: number;
}

export interface Store {
  query<Row>(sql: string, options: QueryOptions): Promise<QueryResult<Row>>;
  /** As `query`, with the rows as the text of an array of JSON per row; it lies in memory of its own, which may be given to another thread. */
  queryBytes(sql: string, options: QueryOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** The same with `Native` blocks (see `native/`), each as soon as it is there: half the work of one large answer. */
  queryBlocks(sql: string, onBlock: (bytes: Uint8Array<ArrayBuffer>) => void, options: QueryOptions): Promise<void>;
  /** Inserts a whole `Native` file into one table, once for ever per `token`. */
  insert(table: string, nativePath: string, token: string): Promise<void>;
  /** DDL and upkeep of our own; never with text from outside. */
  command(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** The engine stopped the query at a limit. `message` says which and what to narrow. */
export class QueryTooSlow extends Error {
  override readonly name = 'QueryTooSlow';
}

/** A scope for a workspace. The only place that makes one. */
export function scopeOf(workspace: string): Scope {
  // The brand exists only in the type, so that no object literal passes for a scope by accident.
  return { workspace } as Scope;
}
