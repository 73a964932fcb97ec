import type { ErrorDecisions } from '../../control/error-decisions.js';
import { type Asker, ask } from '../asker.js';
import { groupOf } from './error-groups.js';
import { type ErrorTable, errorRows, firstTimes, occurrencesOf, scopeParams } from './occurrences.js';

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
  const from = (table: ErrorTable, n: string): string =>
    `SELECT ${groupOf(grouping).sql} AS grouped, toFloat64(${n}) AS n FROM ${table} WHERE ${errorRows(late)}`;
  // By small columns first: most errors never are so many.
  const many = await ask<{ id: string }>(asker, {
    sql: `SELECT lower(hex(grouped)) AS id FROM (${from('error_lines', '1')} UNION ALL ${from('error_spans', 'weight')}) GROUP BY grouped HAVING sum(n) >= {fewest:UInt32} ORDER BY sum(n) DESC LIMIT {limit:UInt32}`,
    params: { ...scopeParams(late), fewest, limit: maxLooked },
  });
  if (many.length === 0) return [];
  const ids = many.map(({ id }) => id.padStart(16, '0'));
  const counted = { ...hour, ids };
  const rows = await ask<{ id: string; came: number; before: number }>(asker, {
    sql: `SELECT lower(hex(fingerprint)) AS id, sumIf(n, at >= fromUnixTimestamp64Milli({lateFromMs:Int64}, 'UTC')) AS came, sumIf(n, at < fromUnixTimestamp64Milli({lateFromMs:Int64}, 'UTC')) AS before
FROM ${occurrencesOf(counted)} GROUP BY fingerprint HAVING came >= {fewest:UInt32} AND came >= before`,
    params: { ...scopeParams(counted), lateFromMs: late.fromMs, fewest },
  });
  const rising = rows.map(({ id, came, before }) => ({
    id: id.padStart(16, '0'),
    late: Math.round(came),
    early: Math.round(before),
  }));
  if (rising.length === 0) return [];
  const known = await firstTimes(
    asker,
    grouping,
    rising.map(({ id }) => BigInt(`0x${id}`).toString()),
  );
  return rising.filter(({ id }) => (known.get(BigInt(`0x${id}`).toString()) ?? Infinity) < hour.fromMs);
}
