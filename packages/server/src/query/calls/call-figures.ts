import type { CallFigures, CallSeries } from '@bellwether/model';
import { type Red, addRed, stepSeconds, totals } from '../red.js';
import type { Steps } from '../time-window.js';

/** The figures of some calls, taken over `seconds`. */
export function callFigures(red: Red, seconds: number): CallFigures {
  const { requests, requestsPerSecond, errors, errorRatio, meanMs, p50Ms, p95Ms, p99Ms } = totals(red, seconds);
  return {
    calls: requests,
    callsPerSecond: requestsPerSecond,
    errors,
    errorRatio,
    meanMs,
    p50Ms,
    p95Ms,
    p99Ms,
    busy: red.durationNs / 1e9 / seconds,
  };
}

/** One entry per step; null where nothing was called. */
export function callSeries(byStep: ReadonlyMap<number, Red>, steps: Steps, nowMs: number): CallSeries {
  const columns = steps.stepsMs.map(stepMs => {
    const red = byStep.get(stepMs);
    return red === undefined || red.count === 0 ? undefined : callFigures(red, stepSeconds(stepMs, steps, nowMs));
  });
  const column = (of: (step: CallFigures) => number | null): (number | null)[] =>
    columns.map(step => (step === undefined ? null : of(step)));
  return {
    rate: column(step => step.callsPerSecond),
    errorRatio: column(step => step.errorRatio),
    meanMs: column(step => step.meanMs),
    p50Ms: column(step => step.p50Ms),
    p95Ms: column(step => step.p95Ms),
    p99Ms: column(step => step.p99Ms),
  };
}

/** How many calls were in work at once in each step: the time they took, by the time that passed; null where nothing was called. */
export function busySeries(nsByStep: ReadonlyMap<number, number>, steps: Steps, nowMs: number): (number | null)[] {
  return steps.stepsMs.map(stepMs => {
    const ns = nsByStep.get(stepMs);
    return ns === undefined ? null : ns / 1e9 / stepSeconds(stepMs, steps, nowMs);
  });
}

/** How a figure differs from before, as a share; null when one of them is not known. */
export function changeOf(now: number | null, before: number | null | undefined): number | null {
  return now === null || before === null || before === undefined || before === 0 ? null : now / before - 1;
}

/** Rows of one key in one. */
export function sumOf(rows: readonly { readonly red: Red }[]): Red {
  return addRed(rows.map(row => row.red));
}
