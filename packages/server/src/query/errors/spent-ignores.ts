import type { ErrorDecisions } from '../../control/error-decisions.js';
import { type Asker, ask } from '../asker.js';
import { occurrencesOf, scopeParams } from './occurrences.js';

/** Counted at a time; of more the oldest stay ignored until somebody looks at them. */
const maxCounted = 500;
/** Longer than anything is kept: one window. */
const always = 1e15;

/**
 * Errors that were ignored until so many events or users came, and did. With a time for it, windows of that length are counted from when it was said.
 * All environments count.
 */
export async function spentIgnores(
  asker: Asker,
  { said, grouping }: ErrorDecisions,
  nowMs: number,
  only?: string,
): Promise<ReadonlySet<string>> {
  const counted = [...said]
    .filter(
      ([id, { state, untilEvents, untilUsers }]) =>
        state === 'ignored' &&
        (untilEvents !== undefined || untilUsers !== undefined) &&
        (only === undefined || only === id),
    )
    .toSorted(([, a], [, b]) => b.sinceMs - a.sinceMs)
    .slice(0, maxCounted);
  if (counted.length === 0) return new Set();
  const ids = counted.map(([id]) => id);
  const scope = {
    fromMs: Math.min(...counted.map(([, { sinceMs }]) => sinceMs)),
    toMs: nowMs + 3_600_000,
    env: undefined,
    service: undefined,
    ids,
    grouping,
  };
  const rows = await ask<{ id: string; most: string; mostUsers: string }>(asker, {
    sql: `SELECT lower(hex(fingerprint)) AS id, max(cameIn) AS most, max(usersIn) AS mostUsers FROM (
  SELECT fingerprint, intDiv(atMs - since, within) AS bucket, round(sum(n)) AS cameIn, uniqExactIf(user, user != '') AS usersIn FROM (
    SELECT fingerprint, n, user, toUnixTimestamp64Milli(at) AS atMs, transform(fingerprint, {ids:Array(UInt64)}, {sinces:Array(Int64)}, toInt64(0)) AS since,
      transform(fingerprint, {ids:Array(UInt64)}, {withins:Array(Int64)}, toInt64(${always})) AS within
    FROM ${occurrencesOf(scope)}
  )
  WHERE atMs > since
  GROUP BY fingerprint, bucket
)
GROUP BY fingerprint`,
    params: {
      ...scopeParams(scope),
      ids: ids.map(id => BigInt(`0x${id}`)),
      sinces: counted.map(([, { sinceMs }]) => sinceMs),
      withins: counted.map(([, { withinMs }]) => withinMs ?? always),
    },
  });
  const spent = rows.filter(({ id, most, mostUsers }) => {
    const { untilEvents = Infinity, untilUsers = Infinity } = said.get(id.padStart(16, '0')) ?? {};
    return Number(most) >= untilEvents || Number(mostUsers) >= untilUsers;
  });
  return new Set(spent.map(({ id }) => id.padStart(16, '0')));
}
