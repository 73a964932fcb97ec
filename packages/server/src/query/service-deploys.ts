import type { DeploysAnswer, ServiceDeploysAnswer } from '@bellwether/model';
import type { ToldDeploy } from '../control/releases.js';
import { type Asker, ask } from './asker.js';
import { groupBy } from './group-by.js';
import { type RedRow, entryKinds, noRed, readRed, redColumns, totals } from './red.js';
import { type SeenDeploy, seenDeploys } from './seen-deploys.js';
import { type TimeWindow, inWindow, windowParams } from './time-window.js';

/** A version went out: somebody said so, or it began to be seen. */
export interface Deploy {
  /** '' for all, when it was told so. */
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly atMs: number;
  readonly source: 'told' | 'seen';
  readonly url: string;
  /** The version it took the place of, where that was seen; else ''. */
  readonly previous: string;
  readonly isRollback: boolean;
}

/** Deploys that figures are given for, the newest. */
const maxDeploys = 40;
/** Listed without figures, the newest. */
const maxListed = 200;
const minuteMs = 60_000;
const besideMs = 30 * minuteMs;
/** A first sight so long after (or a little before, when clocks differ) a deploy that was told of is that deploy. */
const sameMs = 6 * 3_600_000;

/** The deploys of all services in a range, the newest first. */
export async function listDeploys(
  asker: Asker,
  question: TimeWindow & { readonly env: string | undefined },
  told: readonly ToldDeploy[],
): Promise<DeploysAnswer> {
  const deploys = joinDeploys(told, await seenDeploys(asker, { ...question, service: undefined }));
  return { deploys: deploys.toReversed().slice(0, maxListed) };
}

/** The deploys of a service in a range, the newest first, with its requests before and after each. */
export async function serviceDeploys(
  asker: Asker,
  question: TimeWindow & { readonly service: string; readonly env: string | undefined; readonly nowMs: number },
  told: readonly ToldDeploy[],
  commitsOf: (version: string) => number,
): Promise<ServiceDeploysAnswer> {
  const seen = await seenDeploys(asker, question);
  const deploys = joinDeploys(told, seen).slice(-maxDeploys);
  const windows = deploys.flatMap((deploy, i) => {
    const previous = deploys[i - 1]?.atMs ?? 0;
    const next = deploys[i + 1]?.atMs ?? question.nowMs;
    return [
      { fromMs: Math.max(deploy.atMs - besideMs, previous), toMs: deploy.atMs },
      { fromMs: deploy.atMs, toMs: Math.min(deploy.atMs + besideMs, Math.max(next, deploy.atMs)) },
    ];
  });
  const figures = await figuresOf(asker, question, windows);
  return {
    deploys: deploys
      .map(({ version, environment, atMs, source, url, previous, isRollback }, i) => ({
        version,
        environment,
        atMs,
        source,
        url,
        previous,
        isRollback,
        commits: commitsOf(version),
        before: figures[2 * i] ?? null,
        after: figures[2 * i + 1] ?? null,
      }))
      .toReversed(),
  };
}

/** '' is all of them. */
const isMeant = (named: string, one: string): boolean => named === '' || one === '' || named === one;

/** What was told of and what was seen, the oldest first; the nearest sight of a version around the time that it was told of is that deploy, in each service and environment that was meant. */
export function joinDeploys(told: readonly ToldDeploy[], seen: readonly SeenDeploy[]): readonly Deploy[] {
  const places = groupBy(seen, ({ service, environment, version }) => JSON.stringify([service, environment, version]));
  const joined = new Set<SeenDeploy>();
  const shown = told.map(({ version, service, environment, atMs, url }): Deploy => {
    const found: SeenDeploy[] = [];
    for (const [, sights] of places) {
      const near = sights
        .filter(
          one =>
            one.version === version &&
            isMeant(service, one.service) &&
            isMeant(environment, one.environment) &&
            Math.abs(one.atMs - atMs) < sameMs,
        )
        .toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0];
      if (near !== undefined) found.push(near);
    }
    for (const one of found) joined.add(one);
    const previous = found[0]?.previous ?? '';
    const isRollback = found.some(one => one.isRollback);
    return { service, version, environment, atMs, url, source: 'told', previous, isRollback };
  });
  const untold = seen.filter(one => !joined.has(one)).map((one): Deploy => ({ ...one, url: '', source: 'seen' }));
  return [...shown, ...untold].toSorted((a, b) => a.atMs - b.atMs);
}

/** Requests in each window, whole minutes; null for one without any. */
async function figuresOf(
  asker: Asker,
  { service, env }: { readonly service: string; readonly env: string | undefined },
  windows: readonly TimeWindow[],
): Promise<readonly ServiceDeploysAnswer['deploys'][number]['before'][]> {
  if (windows.length === 0) return [];
  const inEnv = env === undefined ? '' : ' AND environment = {env:String}';
  const rows = await ask<RedRow & { slot: number }>(asker, {
    sql: `SELECT arrayJoin(arrayFilter(i -> toUnixTimestamp(minute) >= {froms:Array(Int64)}[i] AND toUnixTimestamp(minute) < {tos:Array(Int64)}[i], range(1, {slots:UInt32} + 1))) AS slot, ${redColumns}
FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String}${inEnv} AND ${entryKinds} AND ${inWindow('minute')}
GROUP BY slot`,
    params: {
      ...windowParams({
        fromMs: Math.min(...windows.map(window => window.fromMs)) - minuteMs,
        toMs: Math.max(...windows.map(window => window.toMs)) + minuteMs,
      }),
      service,
      ...(env !== undefined && { env }),
      // The minute of a deploy is half of each: it is counted after.
      froms: windows.map(({ fromMs }) => Math.floor(fromMs / minuteMs) * 60),
      tos: windows.map(({ toMs }, i) => (i % 2 === 0 ? Math.floor(toMs / minuteMs) : Math.ceil(toMs / minuteMs)) * 60),
      slots: windows.length,
    },
  });
  const bySlot = new Map(rows.map(row => [Number(row.slot), readRed(row)]));
  return windows.map((_, i) => {
    const red = bySlot.get(i + 1) ?? noRed;
    if (red.count === 0) return null;
    const { requests, errorRatio, p95Ms } = totals(red, 1);
    return { requests, errorRatio, p95Ms };
  });
}
