import type { RedSeries, RedTotals, ServiceStatus } from '@bellwether/model';
import { type DurationBuckets, addBuckets, apdex, quantilesNs, readBuckets } from './durations.js';
import type { Steps } from './time-window.js';

/** Requests, errors and durations of some rows of `operation_minutes`, summed. Not whole numbers where spans that stand for others were counted. */
export interface Red {
  readonly count: number;
  readonly errors: number;
  readonly durationNs: number;
  readonly durations: DurationBuckets;
}

/** The columns of `redColumns` as the engine gives them. */
export interface RedRow {
  readonly n: string;
  readonly failed: string;
  readonly ns: string;
  readonly buckets: Readonly<Record<string, string>>;
}

/** Rows of one key are summed when parts merge, and always again when they are read. */
export const redColumns =
  'sum(count) AS n, sum(errors) AS failed, sum(duration_ns) AS ns, sumMap(durations) AS buckets';

/** Entry spans: the requests and messages that a service was asked to handle. */
export const entryKinds = 'kind IN (2, 5)';

/** Calls of others: client and producer spans. */
export const callKinds = 'kind IN (3, 4)';

export const noRed: Red = { count: 0, errors: 0, durationNs: 0, durations: new Map() };

export function readRed(row: RedRow): Red {
  return {
    count: Number(row.n),
    errors: Number(row.failed),
    durationNs: Number(row.ns),
    durations: readBuckets(row.buckets),
  };
}

export function addRed(parts: readonly Red[]): Red {
  const sum = (of: (red: Red) => number): number => parts.reduce((total, red) => total + of(red), 0);
  return {
    count: sum(red => red.count),
    errors: sum(red => red.errors),
    durationNs: sum(red => red.durationNs),
    durations: addBuckets(parts.map(red => red.durations)),
  };
}

const toMs = (ns: number | undefined): number | null => (ns === undefined ? null : ns / 1e6);

/** The figures of some requests, taken over `seconds`. */
export function totals(red: Red, seconds: number): RedTotals {
  const [p50, p95, p99] = quantilesNs(red.durations, [0.5, 0.95, 0.99]);
  return {
    requests: Math.round(red.count),
    requestsPerSecond: red.count / seconds,
    errors: Math.round(red.errors),
    errorRatio: red.count === 0 ? null : red.errors / red.count,
    meanMs: red.count === 0 ? null : red.durationNs / red.count / 1e6,
    p50Ms: toMs(p50),
    p95Ms: toMs(p95),
    p99Ms: toMs(p99),
    apdex: apdex(red.durations, red.errors) ?? null,
  };
}

/** One entry per step; null where nothing was received. */
export function series(byStep: ReadonlyMap<number, Red>, steps: Steps, nowMs: number): RedSeries {
  const columns = steps.stepsMs.map(stepMs => {
    const red = byStep.get(stepMs);
    return red === undefined || red.count === 0 ? undefined : totals(red, stepSeconds(stepMs, steps, nowMs));
  });
  const column = (of: (step: RedTotals) => number | null): (number | null)[] =>
    columns.map(step => (step === undefined ? null : of(step)));
  return {
    rate: column(step => step.requestsPerSecond),
    errorRatio: column(step => step.errorRatio),
    p50Ms: column(step => step.p50Ms),
    p95Ms: column(step => step.p95Ms),
    p99Ms: column(step => step.p99Ms),
    apdex: column(step => step.apdex),
  };
}

/** How much of a step has passed, so that the last one's rate does not look like a fall. */
export function stepSeconds(stepMs: number, steps: Steps, nowMs: number): number {
  const endMs = Math.min(stepMs + steps.stepMs, Math.max(Math.min(steps.window.toMs, nowMs), stepMs + 1000));
  return (endMs - stepMs) / 1000;
}

/** The seconds of a window that have passed. */
export function windowSeconds({ window }: Steps, nowMs: number): number {
  return Math.max((Math.min(window.toMs, nowMs) - window.fromMs) / 1000, 1);
}

const fewRequests = 20;

/** A few failures out of a few requests say nothing yet: under 20 requests a service is not called anything but healthy. */
export function serviceStatus(red: Red): ServiceStatus {
  if (red.count === 0) return 'no-data';
  const ratio = red.errors / red.count;
  if (red.count < fewRequests || ratio < 0.01) return 'healthy';
  return ratio > 0.05 ? 'failing' : 'degraded';
}
