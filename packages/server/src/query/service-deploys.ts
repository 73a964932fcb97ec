import type { ServiceDeploysAnswer } from '@bellwether/model';
import type { ToldDeploy } from '../control/releases.js';
import { type Asker, ask } from './asker.js';
import { type RedRow, entryKinds, noRed, readRed, redColumns, totals } from './red.js';
import { type TimeWindow, inWindow, windowParams } from './time-window.js';

/** A version went out: somebody said so, or it was seen for the first time. */
interface Deploy {
  readonly version: string;
  readonly environment: string;
  readonly atMs: number;
  readonly source: 'told' | 'seen';
  readonly url: string;
}

/** Deploys that figures are given for, the newest. */
const maxDeploys = 40;
const minuteMs = 60_000;
const besideMs = 30 * minuteMs;
const lookbackMs = 24 * 3_600_000;
/** A first sight so long after (or a little before, when clocks differ) a deploy that was told of is that deploy. */
const sameMs = 6 * 3_600_000;

/** The deploys of a service in a range, the newest first, with its requests before and after each. */
export async function serviceDeploys(
  asker: Asker,
  question: TimeWindow & { readonly service: string; readonly env: string | undefined; readonly nowMs: number },
  told: readonly ToldDeploy[],
  commitsOf: (version: string) => number,
): Promise<ServiceDeploysAnswer> {
  const seen = await seenVersions(asker, question);
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
      .map((deploy, i) => ({
        ...deploy,
        commits: commitsOf(deploy.version),
        before: figures[2 * i] ?? null,
        after: figures[2 * i + 1] ?? null,
      }))
      .toReversed(),
  };
}

/** What was told of and what was seen, the oldest first; a version that was told of around the time it was first seen is one deploy. */
export function joinDeploys(
  told: readonly ToldDeploy[],
  seen: readonly { readonly version: string; readonly atMs: number }[],
): readonly Deploy[] {
  const untold = seen.filter(
    ({ version, atMs }) => !told.some(deploy => deploy.version === version && Math.abs(deploy.atMs - atMs) < sameMs),
  );
  return [
    ...told.map(({ version, environment, atMs, url }) => ({
      version,
      environment,
      atMs,
      url,
      source: 'told' as const,
    })),
    ...untold.map(({ version, atMs }) => ({ version, atMs, environment: '', url: '', source: 'seen' as const })),
  ].toSorted((a, b) => a.atMs - b.atMs);
}

/** First sight of each version in the range, but for the one that was there before. */
async function seenVersions(
  asker: Asker,
  { service, env, fromMs, toMs }: TimeWindow & { readonly service: string; readonly env: string | undefined },
): Promise<readonly { readonly version: string; readonly atMs: number }[]> {
  const rows = await ask<{ version: string; first: string }>(asker, {
    sql: `SELECT version, toInt64(toUnixTimestamp(min(minute))) AS first FROM operation_minutes
WHERE workspace = {workspace:String} AND service = {service:String}${env === undefined ? '' : ' AND environment = {env:String}'} AND ${inWindow('minute')}
GROUP BY version ORDER BY first, version LIMIT 1000`,
    params: {
      ...windowParams({ fromMs: fromMs - lookbackMs, toMs }),
      service,
      ...(env !== undefined && { env }),
    },
  });
  return rows
    .slice(1)
    .map(({ version, first }) => ({ version, atMs: Number(first) * 1000 }))
    .filter(({ version, atMs }) => version !== '' && atMs >= fromMs);
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
