import type { Scope, Store } from '../store/store.js';

/** Who asks and until when: what every question to the store is given. */
export interface Asker {
  readonly store: Store;
  readonly scope: Scope;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** SQL with its parameters. Text from outside stands only in `params`. */
export interface Statement {
  readonly sql: string;
  readonly params: Readonly<Record<string, string | number | bigint | readonly (string | number | bigint)[]>>;
}

/** Rows as the SQL names them: 64-bit integers come as text. */
export async function ask<Row>({ store, scope, signal }: Asker, { sql, params }: Statement): Promise<readonly Row[]> {
  const result = await store.query<Row>(sql, { scope, params, signal });
  return result.rows;
}
