import type { RedTotals, ServiceRow, ServicesAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { groupBy } from './group-by.js';
import {
  type Red,
  type RedRow,
  addRed,
  entryKinds,
  noRed,
  readRed,
  redColumns,
  serviceStatus,
  stepSeconds,
  totals,
  windowSeconds,
} from './red.js';
import type { VersionHistory } from './version-history.js';
import { type TimeWindow, chooseSteps, fromWholeMinute, inWindow, windowParams } from './time-window.js';

interface ServicesQuestion extends TimeWindow {
  readonly env: string | undefined;
  /** An earlier window to compare with. */
  readonly compare?: TimeWindow | undefined;
  readonly nowMs: number;
}

const sparkSteps = 30;

/** Every service that answered, called, sent or took something (spans of kind server, client, producer, consumer) in the window, worst first. */
export async function listServices(
  asker: Asker,
  question: ServicesQuestion,
  history: VersionHistory,
): Promise<ServicesAnswer> {
  const steps = chooseSteps(question, sparkSteps, 60_000);
  const params = { ...windowParams(steps.window), stepMs: steps.stepMs, env: question.env ?? '' };
  const inEnv = question.env === undefined ? '' : ' AND environment = {env:String}';
  const [requests, versions, languages, before] = await Promise.all([
    ask<RedRow & { service: string; step: string }>(asker, {
      sql: `SELECT service, toInt64(intDiv(toInt64(toUnixTimestamp(minute)) * 1000, {stepMs:Int64}) * {stepMs:Int64}) AS step, ${redColumns}
FROM operation_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')} AND ${entryKinds}${inEnv}
GROUP BY service, step`,
      params,
    }),
    // Every service, also one that only calls others.
    ask<{ service: string; version: string; environments: string[]; first: string; last: string }>(asker, {
      sql: `SELECT service, version, groupUniqArray(100)(environment) AS environments,
  toInt64(toUnixTimestamp(min(minute))) AS first, toInt64(toUnixTimestamp(max(minute))) AS last
FROM operation_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')}
GROUP BY service, version`,
      params: windowParams(steps.window),
    }),
    ask<{ service: string; language: string }>(asker, {
      sql: `SELECT service, argMax(attrs['telemetry.sdk.language'], last_seen) AS language
FROM resources
WHERE workspace = {workspace:String}
GROUP BY service`,
      params: {},
    }),
    question.compare === undefined ? new Map<string, RedTotals>() : totalsOf(asker, question.compare, question.env),
  ]);

  const stepsOf = new Map<string, Map<number, Red>>();
  for (const row of requests) {
    const byStep = stepsOf.get(row.service) ?? new Map<number, Red>();
    stepsOf.set(row.service, byStep.set(Number(row.step), readRed(row)));
  }
  const languageOf = new Map(languages.map(row => [row.service, row.language]));
  const seconds = windowSeconds(steps, question.nowMs);
  const byService = groupBy(versions, row => row.service);

  const shown = [...byService].flatMap(([name, versions]) => {
    const environments = [...new Set(versions.flatMap(row => row.environments))].sort();
    const newest = versions.toSorted((a, b) => Number(b.last) - Number(a.last) || Number(b.first) - Number(a.first))[0];
    const isInEnv = question.env === undefined || environments.includes(question.env);
    return newest === undefined || !isInEnv ? [] : [{ name, newest, environments }];
  });
  const firstSeenMs = await history.firstSeenMs(
    asker,
    shown.map(({ newest }) => newest),
    question.toMs,
  );
  const services = shown.map(({ name, newest, environments }, i): ServiceRow => {
    const byStep = stepsOf.get(name) ?? new Map<number, Red>();
    const all = addRed([...byStep.values()]);
    const figures = totals(all, seconds);
    return {
      name,
      status: serviceStatus(all),
      requests: figures.requests,
      requestsPerSecond: figures.requestsPerSecond,
      errorRatio: figures.errorRatio,
      p50Ms: figures.p50Ms,
      p95Ms: figures.p95Ms,
      p99Ms: figures.p99Ms,
      apdex: figures.apdex,
      sparkline: steps.stepsMs.map(stepMs => {
        const red = byStep.get(stepMs) ?? noRed;
        return red.count === 0 ? null : red.count / stepSeconds(stepMs, steps, question.nowMs);
      }),
      version: newest.version,
      versionSince: newest.version === '' ? null : (firstSeenMs[i] ?? Number(newest.first) * 1000),
      environments: environments.filter(environment => environment !== ''),
      language: languageOf.get(name) ?? '',
      lastSeen: Number(newest.last) * 1000,
      before: beforeOf(before.get(name)),
    };
  });
  const environments = new Set(versions.flatMap(row => row.environments));
  return {
    services: services.toSorted((a, b) => rank(a) - rank(b) || b.requests - a.requests || a.name.localeCompare(b.name)),
    environments: [...environments].filter(environment => environment !== '').sort(),
  };
}

function rank(row: ServiceRow): number {
  return ['failing', 'degraded', 'healthy', 'no-data'].indexOf(row.status);
}

function beforeOf(figures: RedTotals | undefined): ServiceRow['before'] {
  if (figures === undefined) return null;
  const { requestsPerSecond, errorRatio, p95Ms } = figures;
  return { requestsPerSecond, errorRatio, p95Ms };
}

/** The figures of each service over a window that has passed. */
async function totalsOf(
  asker: Asker,
  window: TimeWindow,
  env: string | undefined,
): Promise<ReadonlyMap<string, RedTotals>> {
  const rows = await ask<RedRow & { service: string }>(asker, {
    sql: `SELECT service, ${redColumns}
FROM operation_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')} AND ${entryKinds}${env === undefined ? '' : ' AND environment = {env:String}'}
GROUP BY service`,
    params: { ...windowParams(fromWholeMinute(window)), ...(env !== undefined && { env }) },
  });
  const seconds = Math.max((window.toMs - window.fromMs) / 1000, 1);
  return new Map(rows.map(row => [row.service, totals(readRed(row), seconds)]));
}
