import type { FindingRow, FindingsAnswer, FindingsQuery, FindingState } from '@bellwether/model';
import type { SaidOfFinding } from '../control/finding-states.js';
import { type Asker, ask } from '../query/asker.js';
import { chooseSteps, inWindow, type TimeWindow, windowParams } from '../query/time-window.js';
import { findingKinds, type FindingKind } from './detector.js';
import { detectors } from './detectors/list.js';

/** Which findings are meant. */
export interface FindingScope extends TimeWindow {
  readonly env: string | undefined;
  readonly service: string | undefined;
  readonly kind: FindingKind | undefined;
  /** One alone, as 16 hex digits. */
  readonly id?: string;
}

export interface FindingsQuestion extends FindingScope {
  readonly state: FindingsQuery['state'];
  readonly q: string;
  readonly limit: number;
}

/** What people said of findings, by id. */
export type SaidOfFindings = ReadonlyMap<string, SaidOfFinding>;

const sparkSteps = 30;
const dayMs = 86_400_000;
/** So many are looked at, the costliest. */
const maxFindings = 2000;

/** The kind of a finding in words. */
export function titleOf(kind: FindingKind): string {
  return detectors.find(detector => detector.kind === kind)?.title ?? kind;
}

export const hexId = (id: string): string => BigInt(id).toString(16).padStart(16, '0');

/** Rows of the scope; wants `findingParams`. */
export function findingRows({ env, service, kind, id }: FindingScope): string {
  return [
    'workspace = {workspace:String}',
    inWindow(),
    ...(env === undefined ? [] : ['environment = {env:String}']),
    ...(service === undefined ? [] : ['service = {service:String}']),
    ...(kind === undefined ? [] : ['kind = {kind:String}']),
    ...(id === undefined ? [] : ['finding = {finding:UInt64}']),
  ].join(' AND ');
}

export function findingParams(scope: FindingScope): Readonly<Record<string, string | number>> {
  const { env, service, kind, id } = scope;
  return {
    ...windowParams(scope),
    ...(env !== undefined && { env }),
    ...(service !== undefined && { service }),
    ...(kind !== undefined && { kind }),
    ...(id !== undefined && { finding: BigInt(`0x${id}`).toString() }),
  };
}

interface StoredFinding {
  readonly id: string;
  readonly what: string;
  readonly whose: string;
  readonly path: string;
  readonly about: string;
  readonly told: string;
  readonly requests: number;
  readonly seen: number;
  readonly lost: number;
  readonly tenants: string;
  readonly first: string;
  readonly last: string;
  readonly steps: readonly (readonly [step: string, n: number])[];
}

/** A finding of the list, and all that its newest trace tells of it; the newest with a line of code, since the SDK looks for it only now and then. */
export interface ListedFinding {
  readonly row: FindingRow;
  readonly facts: Readonly<Record<string, string>>;
}

/** The findings of the scope, the costliest first. */
export async function findingsOf(
  asker: Asker,
  scope: FindingScope,
  said: SaidOfFindings,
): Promise<readonly ListedFinding[]> {
  const { stepMs, stepsMs } = chooseSteps(scope, sparkSteps);
  const rows = await ask<StoredFinding>(asker, {
    sql: `SELECT toString(finding) AS id, any(kind) AS what, any(service) AS whose, any(route) AS path, any(subject) AS about, argMax(facts, (JSONExtractString(facts, 'place') != '', ts)) AS told,
  sum(toFloat64(weight)) AS requests, sum(times * toFloat64(weight)) AS seen, sum(lost_ns * toFloat64(weight)) AS lost,
  uniqExactIf(tenant_id, tenant_id != '') AS tenants, toUnixTimestamp64Nano(min(ts)) AS first, toUnixTimestamp64Nano(max(ts)) AS last,
  CAST(sumMap(map(intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) * {stepMs:Int64}, toFloat64(weight))), 'Array(Tuple(Int64, Float64))') AS steps
FROM findings FINAL
WHERE ${findingRows(scope)}
GROUP BY finding
ORDER BY lost DESC, finding
LIMIT ${maxFindings}`,
    params: { ...findingParams(scope), stepMs },
  });
  const firstEver = await firstTimes(
    asker,
    rows.map(({ id }) => id),
  );
  const days = Math.max(scope.toMs - scope.fromMs, 1000) / dayMs;
  return rows.flatMap(row => {
    const kind = findingKinds.find(known => known === row.what);
    if (kind === undefined) return [];
    const facts = readFacts(row.told);
    const id = hexId(row.id);
    const firstMs = milliseconds(row.first);
    const lastMs = milliseconds(row.last);
    const counts = new Map(row.steps.map(([step, n]) => [Number(step), n]));
    return [
      {
        facts,
        row: {
          id,
          kind,
          title: titleOf(kind),
          ...stateOf(said.get(id), lastMs),
          service: row.whose,
          route: row.path,
          subject: row.about,
          place: facts['place'] ?? '',
          database: facts['database'] ?? '',
          orm: facts['orm'] ?? '',
          requests: row.requests,
          timesEach: row.seen / Math.max(row.requests, 1e-9),
          lostMsEach: row.lost / 1e6 / Math.max(row.requests, 1e-9),
          lostMsPerDay: row.lost / 1e6 / days,
          requestsPerDay: row.requests / days,
          tenants: Number(row.tenants),
          firstMs,
          lastMs,
          firstEverMs: Math.min(firstEver.get(row.id) ?? firstMs, firstMs),
          sparkline: stepsMs.map(step => counts.get(step) ?? 0),
        },
      },
    ];
  });
}

/** The list of the page: filtered by state and words. */
export async function listFindings(
  asker: Asker,
  question: FindingsQuestion,
  said: SaidOfFindings,
): Promise<FindingsAnswer> {
  const { q, state, limit } = question;
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const matching = (await findingsOf(asker, question, said))
    .map(({ row }) => row)
    .filter(row => {
      const text = `${row.title} ${row.service} ${row.route} ${row.subject} ${row.place} ${row.orm}`.toLowerCase();
      return words.every(word => text.includes(word));
    });
  const shown = matching.filter(row => state === 'all' || shownAs(row.state) === state);
  const count = (wanted: FindingsQuery['state']): number =>
    matching.filter(row => shownAs(row.state) === wanted).length;
  return {
    findings: shown.slice(0, limit),
    total: shown.length,
    states: { unresolved: count('unresolved'), resolved: count('resolved'), ignored: count('ignored') },
  };
}

const shownAs = (state: FindingState): FindingsQuery['state'] =>
  state === 'open' || state === 'regressed' ? 'unresolved' : state;

/** What a finding is now, by what was said of it and when it was seen last. */
function stateOf(said: SaidOfFinding | undefined, lastMs: number): Pick<FindingRow, 'state' | 'stateSinceMs'> {
  if (said === undefined) return { state: 'open', stateSinceMs: null };
  const isBack = said.state === 'resolved' && lastMs > said.sinceMs;
  return { state: isBack ? 'regressed' : said.state, stateSinceMs: said.sinceMs };
}

/** What was written by `findings-block.ts`. */
export function readFacts(text: string): Readonly<Record<string, string>> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return {};
  return Object.fromEntries(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
}

const milliseconds = (ns: string): number => Number(BigInt(ns) / 1_000_000n);

/** When each was first seen, of all that is kept. */
async function firstTimes(asker: Asker, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await ask<{ id: string; first: string }>(asker, {
    sql: `SELECT toString(finding) AS id, toUnixTimestamp64Nano(min(ts)) AS first
FROM findings
WHERE workspace = {workspace:String} AND finding IN {ids:Array(UInt64)}
GROUP BY finding`,
    params: { ids: ids.map(BigInt) },
  });
  return new Map(rows.map(({ id, first }) => [id, milliseconds(first)]));
}
