import type { Check, CheckOptions } from '../check.js';

interface Queries {
  query(sql: string): Promise<unknown>;
}

/** The part of `mysql2/promise`'s pools and connections that we touch, or of `mysql2`'s, which give such a one. */
export type MysqlPart = Queries | { promise(): Queries };

/** MySQL or MariaDB answers. */
export function mysqlCheck(pool: MysqlPart, options: CheckOptions = {}): Check {
  return { ...options, run: async () => void (await ('promise' in pool ? pool.promise() : pool).query('SELECT 1')) };
}
