import type { Check, CheckOptions } from '../check.js';

/** The part of `pg`'s Pool and Client that we touch. */
export interface PostgresPart {
  query(text: string): Promise<unknown>;
}

/** PostgreSQL answers. Hand in the pool that the service uses: when that is exhausted, the service is not ready either. */
export function postgresCheck(pool: PostgresPart, options: CheckOptions = {}): Check {
  return { ...options, run: async () => void (await pool.query('SELECT 1')) };
}
