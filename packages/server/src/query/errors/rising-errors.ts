import type { ErrorDecisions } from '../../control/error-decisions.js';
import { type Asker, ask } from '../asker.js';
import { groupOf } from './error-groups.js';
import { type ErrorTable, errorRows, occurrencesOf, scopeParams } from './occurrences.js';

/** Those with the most rows are looked at. */
const maxLooked = 200;
const hourMs = 3_600_000;
export const lateMs = hourMs / 4;
/** As on the list: so many in the last quarter, and three times as often as before. */
const fewest = 10;

/** An error that comes much more often than before. */
export interface RisingError {
  readonly id: string;
  /** Events of the last quarter of an hour, and of the three before. */
  readonly late: number;
  readonly early: number;
}

/** The errors of the last hour that are rising in it and were there before it. All environments count. */
export async function risingErrors(
  asker: Asker,
  { grouping }: Pick<ErrorDecisions, 'grouping'>,
  nowMs: number,
): Promise<readonly RisingError[]> {
  const hour = { fromMs: nowMs - hourMs, toMs: nowMs, env: undefined, service: undefined, grouping };
  const late = { ...hour, fromMs: nowMs - lateMs };
  const from = (table: ErrorTable): string =>
    `SELECT ${groupOf(grouping).sql} AS grouped FROM ${table} WHERE ${errorRows(late)}`;
  // By small columns first: most errors never are so many.
  const many = await ask<{ id: string }>(asker, {
    sql: `SELECT lower(hex(grouped)) AS id FROM (${from('error_lines')} UNION ALL ${from('error_spans')}) GROUP BY grouped HAVING count() >= {fewest:UInt32} ORDER BY count() DESC LIMIT {limit:UInt32}`,
    params: { ...scopeParams(late), fewest, limit: maxLooked },
  });
  if (many.length === 0) return [];
  const ids = many.map(({ id }) => id.padStart(16, '0'));
  const counted = { ...hour, ids };
  const rows = await ask<{ id: string; came: string; before: string }>(asker, {
    sql: `SELECT lower(hex(fingerprint)) AS id, sumIf(n, lastAt >= fromUnixTimestamp64Milli({lateFromMs:Int64}, 'UTC')) AS came, sumIf(n, lastAt < fromUnixTimestamp64Milli({lateFromMs:Int64}, 'UTC')) AS before
FROM ${occurrencesOf(counted)} GROUP BY fingerprint HAVING came >= {fewest:UInt32} AND came >= before`,
    params: { ...scopeParams(counted), lateFromMs: late.fromMs, fewest },
  });
  const rising = rows.map(({ id, came, before }) => ({
    id: id.padStart(16, '0'),
    late: Number(came),
    early: Number(before),
  }));
  if (rising.length === 0) return [];
  const known = await cameBefore(asker, { ...hour, fromMs: 0, toMs: hour.fromMs, ids: rising.map(({ id }) => id) });
  return rising.filter(({ id }) => known.has(id));
}

async function cameBefore(asker: Asker, scope: Parameters<typeof errorRows>[0]): Promise<ReadonlySet<string>> {
  const from = (table: ErrorTable): string =>
    `SELECT DISTINCT ${groupOf(scope.grouping).sql} AS grouped FROM ${table} WHERE ${errorRows(scope)}`;
  const rows = await ask<{ id: string }>(asker, {
    sql: `SELECT DISTINCT lower(hex(grouped)) AS id FROM (${from('error_lines')} UNION ALL ${from('error_spans')})`,
    params: scopeParams(scope),
  });
  return new Set(rows.map(({ id }) => id.padStart(16, '0')));
}
