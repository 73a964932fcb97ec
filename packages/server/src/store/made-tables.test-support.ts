import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

/** Puts the tables that `scripts/empty-store.mjs` made into a data folder that has none, so that opening it need not make them; without them it does. */
export function copyMadeTables(dataDir: string): void {
  const made = process.env['TEST_EMPTY_STORE'];
  const engine = join(dataDir, 'clickhouse');
  if (made === undefined || existsSync(engine)) return;
  cpSync(join(made, 'clickhouse'), engine, { recursive: true, verbatimSymlinks: true });
}
