import type { ErrorRow, ErrorsAnswer, ErrorsQuery, ErrorState, ErrorTrend } from '@bellwether/model';
import type { SaidOfError } from '../../control/error-states.js';
import { type Asker, ask } from '../asker.js';
import { chooseSteps } from '../time-window.js';
import type { ErrorDecisions } from '../../control/error-decisions.js';
import { type CountedError, countedErrors } from './counted-errors.js';
import { errorIdOf } from './error-groups.js';
import { type ErrorSample, readSamples } from './error-sample.js';
import { type HurtCounts, hurtCounts } from './hurt-counts.js';
import { type ErrorScope, type OneError, firstTimes } from './occurrences.js';
import { parseErrorSearch } from './search-terms.js';
import { spentIgnores } from './spent-ignores.js';

export interface ErrorsQuestion extends Omit<ErrorScope, 'grouping' | 'filters' | 'ids'> {
  readonly state: ErrorsQuery['state'];
  readonly nowMs: number;
  readonly q: string;
  readonly sort: ErrorsQuery['sort'];
  readonly limit: number;
  /** `states`: not what errors say of themselves, nor whom they hurt. */
  readonly only?: ErrorsQuery['only'];
}

const sparkSteps = 30;

/** So many errors are looked at when words are searched for: those with the most events. */
const searchedErrors = 2000;

/** The errors of a range; with the sort `trouble` the new ones first, then the rising ones, then those with the most events. */
export async function listErrors(
  asker: Asker,
  question: ErrorsQuestion,
  decisions: ErrorDecisions,
): Promise<ErrorsAnswer> {
  const { q, sort, limit, nowMs, only } = question;
  const { words, filters, states, owners } = parseErrorSearch(q);
  const isNarrow = words.length > 0 || states.length > 0 || owners.length > 0;
  const looked = isNarrow || decisions.said.size > 0 ? searchedErrors : Math.max(limit * 3, 300);
  const scope = { ...question, grouping: decisions.grouping, filters };
  const [found, spent] = await Promise.all([errorsOf(asker, scope, looked), spentIgnores(asker, decisions, nowMs)]);
  const known = { decisions, spent, nowMs };
  // What an error says of itself is read of all of them only when it is searched: stacks are much to read.
  const searched = words.length === 0 ? undefined : await readSamples(asker, scope, found.rows.map(samplePlace));
  const hurtOf = (rows: readonly CountedError[]): Promise<ReadonlyMap<string, HurtCounts>> =>
    hurtCounts(asker, { ...scope, ids: rows.map(({ id }) => errorIdOf(id)) });
  // Who was hurt is counted of all of them only to sort them by it.
  const hurtOfAll = sort === 'users' ? await hurtOf(found.rows) : undefined;
  const matching = found.rows
    .map(row => ({ row, error: found.read(row, searched?.get(row.id), hurtOfAll?.get(row.id), known) }))
    .filter(({ error: { type, message, culprit, trend, state, owner } }) => {
      const text = `${type} ${message} ${culprit}`.toLowerCase();
      return (
        words.every(word =>
          word.startsWith('-') && word !== '-' ? !text.includes(word.slice(1)) : text.includes(word),
        ) &&
        (states.length === 0 || states.some(wanted => wanted === state || (wanted === trend && isUnresolved(state)))) &&
        (owners.length === 0 || owners.includes(owner === '' ? 'none' : owner.toLowerCase()))
      );
    });
  // A state in the search stands above the one that is chosen beside it.
  const state = states.length > 0 ? 'all' : question.state;
  const of = (holds: (error: ErrorRow) => boolean): number => matching.filter(({ error }) => holds(error)).length;
  const listed = matching
    .filter(({ error }) => state === 'all' || shownAs(error.state) === state)
    .toSorted((a, b) => orders[sort](a.error, b.error))
    .slice(0, limit);
  const rows = listed.map(({ row }) => row);
  const [samples, hurt] =
    only === 'states'
      ? [undefined, hurtOfAll]
      : await Promise.all([searched ?? readSamples(asker, scope, rows.map(samplePlace)), hurtOfAll ?? hurtOf(rows)]);
  return {
    errors: rows.map(row => found.read(row, samples?.get(row.id), hurt?.get(row.id), known)),
    total: isNarrow ? matching.length : found.total,
    states: {
      unresolved: of(({ state }) => isUnresolved(state)),
      resolved: of(({ state }) => state === 'resolved'),
      ignored: of(({ state }) => state === 'ignored'),
      new: of(({ state, trend }) => isUnresolved(state) && trend === 'new'),
      regressed: of(({ state }) => state === 'regressed'),
      rising: of(({ state, trend }) => isUnresolved(state) && trend === 'rising'),
    },
  };
}

/** Errors of a range with what one time of each says, those with the most events. */
export async function sampledErrors(
  asker: Asker,
  scope: ErrorScope,
  limit: number,
): Promise<
  readonly { readonly id: string; readonly events: number; readonly lastMs: number; readonly sample: ErrorSample }[]
> {
  const { rows } = await errorsOf(asker, scope, limit);
  const samples = await readSamples(asker, scope, rows.map(samplePlace));
  return rows.flatMap(row => {
    const sample = samples.get(row.id);
    const seen = { id: errorIdOf(row.id), events: row.events, lastMs: milliseconds(row.last) };
    return sample === undefined ? [] : [{ ...seen, sample }];
  });
}

const isUnresolved = (state: ErrorState): boolean => state === 'open' || state === 'regressed';

function samplePlace(row: CountedError): {
  readonly fingerprint: string;
  readonly isLine: boolean;
  readonly timeNs: string;
} {
  // No line: the epoch.
  const isLine = row.lastLine !== '0';
  return { fingerprint: row.id, isLine, timeNs: isLine ? row.lastLine : row.lastSpan };
}

/** One error in a range; undefined when it did not come in it. */
export async function readError(
  asker: Asker,
  scope: OneError,
  decisions: ErrorDecisions,
  nowMs: number,
): Promise<ErrorRow | undefined> {
  const [found, hurt, spent] = await Promise.all([
    errorsOf(asker, scope, 1),
    hurtCounts(asker, scope),
    spentIgnores(asker, decisions, nowMs, scope.ids[0]),
  ]);
  const [row] = found.rows;
  if (row === undefined) return undefined;
  const samples = await readSamples(asker, scope, [samplePlace(row)]);
  return found.read(row, samples.get(row.id), hurt.get(row.id), { decisions, spent, nowMs });
}

const shownAs = (state: ErrorState): ErrorsQuery['state'] =>
  state === 'open' || state === 'regressed' ? 'unresolved' : state;

/** What is known of errors beside their events. */
interface Known {
  readonly decisions: ErrorDecisions;
  readonly spent: ReadonlySet<string>;
  readonly nowMs: number;
}

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
  readonly rows: readonly CountedError[];
  readonly total: number;
  read(row: CountedError, sample: ErrorSample | undefined, hurt: HurtCounts | undefined, known: Known): ErrorRow;
}> {
  const { stepMs, stepsMs } = chooseSteps(scope, sparkSteps);
  const rows = await ask<CountedError>(asker, countedErrors(scope, stepMs, limit));
  const ids = rows.map(({ id }) => id);
  const firstEver = await firstTimes(asker, scope.grouping, ids);
  return {
    rows,
    total: Number(rows[0]?.total ?? 0),
    read(row, sample, hurt, { decisions, spent, nowMs }) {
      const counts = new Map(row.steps.map(([step, n]) => [Number(step), Math.round(n)]));
      const sparkline = stepsMs.map(step => counts.get(step) ?? 0);
      const firstMs = milliseconds(row.first);
      const firstEverMs = Math.min(firstEver.get(row.id) ?? firstMs, firstMs);
      const id = errorIdOf(row.id);
      const lastMs = milliseconds(row.last);
      return {
        id,
        ...stateOf(decisions.said.get(id), { lastMs, lastVersion: row.lastVersion, isSpent: spent.has(id), nowMs }),
        owner: decisions.owners.get(id) ?? '',
        trend: firstEverMs >= scope.fromMs ? 'new' : isRising(sparkline) ? 'rising' : 'ongoing',
        type: sample?.type ?? '',
        message: sample?.message ?? '',
        culprit: sample?.culprit ?? '',
        services: [...row.services],
        events: row.events,
        users: hurt?.users ?? 0,
        tenants: hurt?.tenants ?? 0,
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

/** What an error is now, by what was said of it and when it came last. `isSpent`: as often as it was to be ignored, or to so many. */
export function stateOf(
  said: SaidOfError | undefined,
  {
    lastMs,
    lastVersion,
    isSpent,
    nowMs,
  }: { readonly lastMs: number; readonly lastVersion: string; readonly isSpent: boolean; readonly nowMs: number },
): Pick<
  ErrorRow,
  'state' | 'stateSinceMs' | 'ignoredUntilMs' | 'ignoredUntilEvents' | 'ignoredUntilUsers' | 'ignoredWithinMs'
> {
  const always = { ignoredUntilMs: null, ignoredUntilEvents: null, ignoredUntilUsers: null, ignoredWithinMs: null };
  const open = { state: 'open', stateSinceMs: null, ...always } as const;
  if (said === undefined) return open;
  const { state, sinceMs, inVersion, untilMs, untilEvents, untilUsers, withinMs } = said;
  if (state === 'ignored') {
    if (isSpent || (untilMs !== undefined && untilMs <= nowMs)) return open;
    return {
      state,
      stateSinceMs: sinceMs,
      ignoredUntilMs: untilMs ?? null,
      ignoredUntilEvents: untilEvents ?? null,
      ignoredUntilUsers: untilUsers ?? null,
      ignoredWithinMs: withinMs ?? null,
    };
  }
  const isBack = lastMs > sinceMs && (inVersion === undefined || lastVersion !== inVersion);
  return { state: isBack ? 'regressed' : 'resolved', stateSinceMs: sinceMs, ...always };
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
