import type { ErrorRow, ErrorsAnswer, ErrorsQuery, ErrorState, ErrorTrend } from '@bellwether/model';
import type { SaidOfError } from '../../control/error-states.js';
import { type Asker, ask } from '../asker.js';
import { chooseSteps } from '../time-window.js';
import { type ErrorSample, readSamples } from './error-sample.js';
import { type ErrorScope, occurrencesOf, scopeParams } from './occurrences.js';

/** What people said of errors, by id. */
export type SaidOf = ReadonlyMap<string, SaidOfError>;

export interface ErrorsQuestion extends ErrorScope {
  readonly state: ErrorsQuery['state'];
  readonly nowMs: number;
  readonly q: string;
  readonly sort: ErrorsQuery['sort'];
  readonly limit: number;
}

const sparkSteps = 30;

/** So many errors are looked at when words are searched for: those with the most events. */
const searchedErrors = 2000;

interface StoredError {
  /** The fingerprint as decimal text. */
  readonly id: string;
  readonly events: string;
  readonly users: string;
  readonly tenants: string;
  readonly first: string;
  readonly last: string;
  readonly lastLine: string;
  readonly lastSpan: string;
  readonly firstVersion: string;
  readonly lastVersion: string;
  readonly services: readonly string[];
  readonly steps: readonly (readonly [step: string, n: string])[];
}

/** The errors of a range; with the sort `trouble` the new ones first, then the rising ones, then those with the most events. */
export async function listErrors(asker: Asker, question: ErrorsQuestion, said: SaidOf): Promise<ErrorsAnswer> {
  const { q, sort, limit, state, nowMs } = question;
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const found = await errorsOf(
    asker,
    question,
    words.length > 0 || said.size > 0 ? searchedErrors : Math.max(limit * 3, 300),
  );
  const samples = await readSamples(
    asker,
    found.rows.map(row => ({
      fingerprint: row.id,
      // No line: the epoch.
      isLine: row.lastLine !== '0',
      timeNs: row.lastLine === '0' ? row.lastSpan : row.lastLine,
    })),
  );
  const errors = found.rows.map(row => found.read(row, samples.get(row.id), said, nowMs));
  const matching = errors.filter(error => {
    const text = `${error.type} ${error.message} ${error.culprit}`.toLowerCase();
    return words.every(word => text.includes(word));
  });
  return {
    errors: matching
      .filter(error => state === 'all' || shownAs(error.state) === state)
      .sort(orders[sort])
      .slice(0, limit),
    total: words.length > 0 ? matching.length : found.total,
    states: {
      unresolved: matching.filter(error => shownAs(error.state) === 'unresolved').length,
      resolved: matching.filter(error => error.state === 'resolved').length,
      ignored: matching.filter(error => error.state === 'ignored').length,
    },
  };
}

/** One error in a range; undefined when it did not come in it. */
export async function readError(
  asker: Asker,
  scope: ErrorScope & { readonly id: string; readonly nowMs: number },
  said: SaidOf,
): Promise<ErrorRow | undefined> {
  const found = await errorsOf(asker, scope, 1);
  const [row] = found.rows;
  if (row === undefined) return undefined;
  const samples = await readSamples(asker, [
    {
      fingerprint: row.id,
      isLine: row.lastLine !== '0',
      timeNs: row.lastLine === '0' ? row.lastSpan : row.lastLine,
    },
  ]);
  return found.read(row, samples.get(row.id), said, scope.nowMs);
}

const shownAs = (state: ErrorState): ErrorsQuery['state'] =>
  state === 'open' || state === 'regressed' ? 'unresolved' : state;

const rank: Readonly<Record<ErrorTrend, number>> = { new: 0, rising: 2, ongoing: 3 };

/** New ones, those that came again, rising ones, others. */
const trouble = ({ trend, state }: ErrorRow): number => (state === 'regressed' ? 1 : rank[trend]);

const orders: Readonly<Record<ErrorsQuery['sort'], (a: ErrorRow, b: ErrorRow) => number>> = {
  trouble: (a, b) => trouble(a) - trouble(b) || b.events - a.events,
  events: (a, b) => b.events - a.events,
  users: (a, b) => b.users - a.users || b.events - a.events,
  last: (a, b) => b.lastMs - a.lastMs,
  first: (a, b) => b.firstEverMs - a.firstEverMs,
};

async function errorsOf(
  asker: Asker,
  scope: ErrorScope,
  limit: number,
): Promise<{
  readonly rows: readonly StoredError[];
  readonly total: number;
  read(row: StoredError, sample: ErrorSample | undefined, said: SaidOf, nowMs: number): ErrorRow;
}> {
  const { stepMs, stepsMs } = chooseSteps(scope, sparkSteps);
  const rows = await ask<StoredError & { readonly total: string }>(asker, {
    sql: `SELECT toString(fingerprint) AS id, sum(n) AS events, uniqExactArray(userList) AS users, uniqExactArray(tenantList) AS tenants,
  toUnixTimestamp64Nano(min(firstAt)) AS first, toUnixTimestamp64Nano(max(lastAt)) AS last, toUnixTimestamp64Nano(max(lineAt)) AS lastLine,
  toUnixTimestamp64Nano(max(spanAt)) AS lastSpan, argMin(versionBefore, firstAt) AS firstVersion, argMax(versionAfter, lastAt) AS lastVersion,
  arraySort(groupUniqArrayArray(20)(serviceList)) AS services,
  CAST(sumMap(map(intDiv(toUnixTimestamp64Milli(firstAt), {stepMs:Int64}) * {stepMs:Int64}, n)), 'Array(Tuple(Int64, UInt64))') AS steps,
  count() OVER () AS total
FROM ${occurrencesOf(scope)}
GROUP BY fingerprint
ORDER BY events DESC, fingerprint
LIMIT {limit:UInt32}`,
    params: { ...scopeParams(scope), stepMs, limit },
  });
  const firstEver = await firstTimes(
    asker,
    rows.map(({ id }) => id),
  );
  return {
    rows,
    total: Number(rows[0]?.total ?? 0),
    read(row, sample, said, nowMs) {
      const counts = new Map(row.steps.map(([step, n]) => [Number(step), Number(n)]));
      const sparkline = stepsMs.map(step => counts.get(step) ?? 0);
      const firstMs = milliseconds(row.first);
      const firstEverMs = Math.min(firstEver.get(row.id) ?? firstMs, firstMs);
      const id = BigInt(row.id).toString(16).padStart(16, '0');
      const lastMs = milliseconds(row.last);
      return {
        id,
        ...stateOf(said.get(id), lastMs, row.lastVersion, nowMs),
        trend: firstEverMs >= scope.fromMs ? 'new' : isRising(sparkline) ? 'rising' : 'ongoing',
        type: sample?.type ?? '',
        message: sample?.message ?? '',
        culprit: sample?.culprit ?? '',
        services: [...row.services],
        events: Number(row.events),
        users: Number(row.users),
        tenants: Number(row.tenants),
        firstMs,
        lastMs,
        firstEverMs,
        firstVersion: row.firstVersion,
        lastVersion: row.lastVersion,
        sparkline,
      };
    },
  };
}

/** What an error is now, by what was said of it and when it came last. */
export function stateOf(
  said: SaidOfError | undefined,
  lastMs: number,
  lastVersion: string,
  nowMs: number,
): Pick<ErrorRow, 'state' | 'stateSinceMs' | 'ignoredUntilMs'> {
  const open = { state: 'open', stateSinceMs: null, ignoredUntilMs: null } as const;
  if (said === undefined) return open;
  const { state, sinceMs, inVersion, untilMs } = said;
  if (state === 'ignored') {
    if (untilMs !== undefined && untilMs <= nowMs) return open;
    return { state, stateSinceMs: sinceMs, ignoredUntilMs: untilMs ?? null };
  }
  const isBack = lastMs > sinceMs && (inVersion === undefined || lastVersion !== inVersion);
  return { state: isBack ? 'regressed' : 'resolved', stateSinceMs: sinceMs, ignoredUntilMs: null };
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** In the last quarter at least ten, and at least three times as often as in the three before. */
export function isRising(counts: readonly number[]): boolean {
  const from = Math.floor(counts.length * 0.75);
  const late = total(counts.slice(from));
  const early = total(counts.slice(0, from));
  return late >= 10 && late / (counts.length - from) >= (3 * early) / Math.max(from, 1);
}

const milliseconds = (ns: string): number => Number(BigInt(ns) / 1_000_000n);

const firstIn = (table: 'logs' | 'spans'): string =>
  `SELECT error_fingerprint, min(ts) AS firstAt FROM ${table} WHERE workspace = {workspace:String} AND error_fingerprint IN {fingerprints:Array(UInt64)} GROUP BY error_fingerprint`;

/** When each error was first seen, of all that is kept, in milliseconds since 1970. */
async function firstTimes(asker: Asker, fingerprints: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (fingerprints.length === 0) return new Map();
  const rows = await ask<{ fingerprint: string; first: string }>(asker, {
    sql: `SELECT toString(error_fingerprint) AS fingerprint, toUnixTimestamp64Nano(min(firstAt)) AS first FROM (${firstIn('logs')} UNION ALL ${firstIn('spans')}) GROUP BY error_fingerprint`,
    params: { fingerprints: fingerprints.map(BigInt) },
  });
  return new Map(rows.map(({ fingerprint, first }) => [fingerprint, milliseconds(first)]));
}
