import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import { addresses } from './addresses.js';

let pool: Pool | undefined;

/**
 * The service's few connections. Statements are never named: the embedded database is one backend for all services,
 * and a name would be shared between them.
 */
export function database(): Pool {
  pool ??= new Pool({
    connectionString: addresses().databaseUrl,
    max: 4,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    application_name: process.env['OTEL_SERVICE_NAME'] ?? 'shop',
  });
  return pool;
}

/** Rows of a query, in the shape the caller's SQL gives them. */
export async function rows<Row extends QueryResultRow>(
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return (await database().query<Row>(sql, [...values])).rows;
}

/** Runs statements in one transaction. `body` makes no HTTP call: the embedded database serves nobody else meanwhile. */
export async function transaction<T>(body: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await database().connect();
  try {
    await client.query('BEGIN');
    const result = await body(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

export async function closeDatabase(): Promise<void> {
  await pool?.end();
}
