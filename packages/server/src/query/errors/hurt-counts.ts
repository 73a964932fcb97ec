import { type Asker, ask } from '../asker.js';
import { groupOf } from './error-groups.js';
import { type ErrorScope, type ErrorTable, errorRows, scopeParams } from './occurrences.js';

/** How many different users and tenants an error of a scope came to. */
export interface HurtCounts {
  readonly users: number;
  readonly tenants: number;
}

/** By fingerprint (decimal text); errors that came to nobody who is known are not in it. */
export async function hurtCounts(asker: Asker, scope: ErrorScope): Promise<ReadonlyMap<string, HurtCounts>> {
  if (scope.ids?.length === 0) return new Map();
  const [users, tenants] = await Promise.all([
    differentOnes(asker, scope, 'user_id'),
    differentOnes(asker, scope, 'tenant_id'),
  ]);
  return new Map(
    [...new Set([...users.keys(), ...tenants.keys()])].map(id => [
      id,
      { users: users.get(id) ?? 0, tenants: tenants.get(id) ?? 0 },
    ]),
  );
}

async function differentOnes(
  asker: Asker,
  scope: ErrorScope,
  column: 'user_id' | 'tenant_id',
): Promise<ReadonlyMap<string, number>> {
  // Each once per table first: the set that is kept for each error is then made of few.
  const from = (table: ErrorTable): string =>
    `SELECT ${groupOf(scope.grouping).sql} AS fingerprint, ${column} AS hurt FROM ${table} WHERE ${errorRows(scope)} AND hurt != '' GROUP BY fingerprint, hurt`;
  const rows = await ask<{ id: string; n: string }>(asker, {
    sql: `SELECT toString(fingerprint) AS id, uniqExact(hurt) AS n FROM (${from('error_lines')} UNION ALL ${from('error_spans')}) GROUP BY fingerprint`,
    params: scopeParams(scope),
  });
  return new Map(rows.map(({ id, n }) => [id, Number(n)]));
}
