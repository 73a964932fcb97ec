import type { ErrorEvent, ReleaseCommit, SuspectRelease } from '@bellwether/model';
import type { Release } from '../../control/releases.js';
import { type Asker, ask } from '../asker.js';
import { entryKinds } from '../red.js';
import { inWindow, windowParams } from '../time-window.js';
import { type OneError, errorRows, scopeParams } from './occurrences.js';

const lookbackMs = 14 * 24 * 3_600_000;
/** So many events the earlier versions should have shown, had they had the error: none at all is then no accident (e^-5 is below 1%). */
const expectedEvents = 5;
const maxVersions = 500;
const shownCommits = 3;

/** A version of the services that an error comes from. */
export interface SeenVersion {
  readonly version: string;
  readonly firstMs: number;
  readonly requests: number;
  readonly events: number;
  readonly firstEventMs: number;
}

/** The version that brought an error, over the last two weeks whatever the range; undefined when the versions before it had it too, or too few requests to tell. */
export async function suspectRelease(
  asker: Asker,
  scope: OneError,
  { services, nowMs }: { readonly services: readonly string[]; readonly nowMs: number },
): Promise<Omit<SuspectRelease, 'url' | 'commits'> | undefined> {
  const window = { fromMs: nowMs - lookbackMs, toMs: nowMs + 3_600_000 };
  const whole: OneError = { ...scope, ...window, service: undefined, filters: [] };
  const inEnv = scope.env === undefined ? '' : ' AND environment = {env:String}';
  // Requests are counted for as many as they stand for, and so are traces that failed.
  const lines = `SELECT version, toFloat64(count()) AS cameIn, min(ts) AS firstAt FROM error_lines WHERE ${errorRows(whole)} GROUP BY version`;
  const traces = `SELECT version, sum(stands) AS cameIn, min(began) AS firstAt
  FROM (SELECT version, trace_id, toFloat64(max(weight)) AS stands, min(ts) AS began FROM error_spans WHERE ${errorRows(whole)} GROUP BY version, trace_id) GROUP BY version`;
  const [requests, events] = await Promise.all([
    ask<{ version: string; n: string; first: string }>(asker, {
      sql: `SELECT version, sum(count) AS n, toInt64(toUnixTimestamp(min(minute))) * 1000 AS first FROM operation_minutes
WHERE workspace = {workspace:String} AND service IN {services:Array(String)}${inEnv} AND ${entryKinds} AND ${inWindow('minute')}
GROUP BY version LIMIT {limit:UInt32}`,
      params: {
        ...windowParams(window),
        services: [...services],
        limit: maxVersions,
        ...(scope.env !== undefined && { env: scope.env }),
      },
    }),
    ask<{ version: string; n: string; first: string }>(asker, {
      sql: `SELECT version, round(max(cameIn)) AS n, toUnixTimestamp64Milli(min(firstAt)) AS first FROM (${lines} UNION ALL ${traces})
GROUP BY version LIMIT {limit:UInt32}`,
      params: { ...scopeParams(whole), limit: maxVersions },
    }),
  ]);
  const came = new Map(events.map(({ version, n, first }) => [version, { n: Number(n), firstMs: Number(first) }]));
  return chooseSuspect(
    requests.map(({ version, n, first }) => ({
      version,
      firstMs: Number(first),
      requests: Number(n),
      events: came.get(version)?.n ?? 0,
      firstEventMs: came.get(version)?.firstMs ?? 0,
    })),
  );
}

/** The first version that has the error, when those that were seen before it should have shown it at the same rate and did not. */
export function chooseSuspect(versions: readonly SeenVersion[]): Omit<SuspectRelease, 'url' | 'commits'> | undefined {
  const byTime = versions.filter(({ version }) => version !== '').toSorted((a, b) => a.firstMs - b.firstMs);
  const at = byTime.findIndex(({ events }) => events > 0);
  const suspect = byTime[at];
  if (suspect === undefined || at === 0 || suspect.requests === 0) return undefined;
  const earlier = byTime.slice(0, at);
  const earlierRequests = earlier.reduce((sum, { requests }) => sum + requests, 0);
  if ((suspect.events / suspect.requests) * earlierRequests < expectedEvents) return undefined;
  return {
    version: suspect.version,
    firstMs: suspect.firstEventMs,
    events: suspect.events,
    requests: Math.round(suspect.requests),
    earlierVersions: earlier.length,
    earlierRequests: Math.round(earlierRequests),
  };
}

/** The commits of a release that changed a file of the event's own frames; the nearest to the top of the stack first, then the newest. */
export function suspectCommits(release: Release | undefined, event: ErrorEvent): SuspectRelease['commits'] {
  if (release === undefined) return [];
  const files = event.exceptions
    .flatMap(({ frames }) => frames)
    .filter(({ isOwn, place }) => isOwn && place !== '')
    .slice(0, 30)
    .map(({ place }) => pathParts(place));
  const nearest = ({
    files: changed,
  }: ReleaseCommit): { readonly depth: number; readonly file: string } | undefined => {
    const named = changed.map(file => ({ file, parts: pathParts(file) }));
    for (const [depth, frame] of files.entries()) {
      const file = named.find(({ parts }) => isSameFile(parts, frame))?.file;
      if (file !== undefined) return { depth, file };
    }
    return undefined;
  };
  return release.commits
    .flatMap(commit => {
      const found = nearest(commit);
      return found === undefined ? [] : [{ commit, ...found }];
    })
    .toSorted((a, b) => a.depth - b.depth || b.commit.atMs - a.commit.atMs)
    .slice(0, shownCommits)
    .map(({ commit: { sha, author, atMs, message }, file }) => ({ sha, author, atMs, message, file }));
}

/** A path from its end, without position, extension and what bundlers put before it: `src/pay.ts:3:1` is `['pay', 'src']`. */
function pathParts(path: string): readonly string[] {
  return path
    .replace(/(?::\d+){1,2}$/, '')
    .replace(/^[a-z-]+:\/\/[^/]*\//i, '')
    .replace(/\.[a-z]{1,4}$/i, '')
    .split(/[\\/]/)
    .filter(part => part !== '' && part !== '.')
    .toReversed();
}

/** One path ends with the other, or both with the same two parts: what is compiled lies in another folder. */
function isSameFile(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length, 2);
  return shorter > 0 && a.slice(0, shorter).every((part, i) => part === b[i]);
}
