import type { ErrorDecisions } from '../../control/error-decisions.js';
import { type Asker, ask } from '../asker.js';
import type { TimeWindow } from '../time-window.js';
import { groupOf } from './error-groups.js';
import { type ErrorTable, errorRows, scopeParams } from './occurrences.js';

/** Looked at in one question to the store. */
const maxLooked = 500;

/** A resolved error that came again. */
export interface Comeback {
  readonly id: string;
  /** What brought it back: '' when the service tells none. */
  readonly version: string;
  readonly atMs: number;
}

/**
 * Which of these errors came again in the window after they were resolved: in another version than the one that they were resolved for, when they were.
 * All environments count.
 */
export async function comebacks(
  asker: Asker,
  { said, grouping }: Pick<ErrorDecisions, 'said' | 'grouping'>,
  ids: readonly string[],
  window: TimeWindow,
): Promise<readonly Comeback[]> {
  const resolved = ids.flatMap(id => {
    const one = said.get(id);
    return one?.state === 'resolved' ? [{ id, ...one }] : [];
  });
  const found: Comeback[] = [];
  for (let at = 0; at < resolved.length; at += maxLooked) {
    const some = resolved.slice(at, at + maxLooked);
    const fromMs = Math.max(window.fromMs, Math.min(...some.map(({ sinceMs }) => sinceMs)));
    const scope = {
      fromMs,
      toMs: window.toMs,
      env: undefined,
      service: undefined,
      ids: some.map(({ id }) => id),
      grouping,
    };
    const from = (table: ErrorTable): string =>
      `SELECT ${groupOf(grouping).sql} AS grouped, ts, version FROM ${table} WHERE ${errorRows(scope)}`;
    const rows = await ask<{ id: string; came: string; back: string; last: string }>(asker, {
      sql: `SELECT lower(hex(grouped)) AS id, toUnixTimestamp64Milli(minIf(ts, isOther)) AS came, argMinIf(version, ts, isOther) AS back, argMax(version, ts) AS last FROM (
  SELECT grouped, ts, version, version != transform(grouped, {resolved:Array(UInt64)}, {versions:Array(String)}, {none:String}) AS isOther
  FROM (${from('error_lines')} UNION ALL ${from('error_spans')})
  WHERE toUnixTimestamp64Milli(ts) > transform(grouped, {resolved:Array(UInt64)}, {sinces:Array(Int64)}, toInt64(0))
)
GROUP BY grouped HAVING countIf(isOther) > 0`,
      params: {
        ...scopeParams(scope),
        resolved: some.map(({ id }) => BigInt(`0x${id}`)),
        sinces: some.map(({ sinceMs }) => sinceMs),
        // No version is called so: without one that it was resolved for, every version brings it back.
        versions: some.map(({ inVersion }) => inVersion ?? noVersion),
        none: noVersion,
      },
    });
    const wanted = new Map(some.map(one => [one.id, one]));
    for (const { id, came, back, last } of rows) {
      const padded = id.padStart(16, '0');
      // As the pages tell it: what counts is the version that it came with last.
      if (wanted.get(padded)?.inVersion === last) continue;
      found.push({ id: padded, version: back, atMs: Number(came) });
    }
  }
  return found;
}

const noVersion = ' ';
