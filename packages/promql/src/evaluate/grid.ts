import { QueryError } from '../value/query-error.js';
import type { Steps } from '../value/series.js';

/** The most points a series of a range query may have, as in Prometheus. */
export const maxPointsPerSeries = 11_000;

/** The time of an instant query. */
export function instantSteps(timeMs: number): Steps {
  return { startMs: timeMs, stepMs: 0, count: 1 };
}

/** The times of a range query, refused as Prometheus refuses them. */
export function rangeSteps(startMs: number, endMs: number, stepMs: number): Steps {
  if (!(stepMs > 0)) {
    throw new QueryError(
      'bad_data',
      'zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  if (endMs < startMs) throw new QueryError('bad_data', 'end timestamp must not be before start time');
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  if (count - 1 > maxPointsPerSeries) {
    throw new QueryError(
      'bad_data',
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  return { startMs, stepMs, count, endMs };
}

export function endOf(steps: Steps): number {
  return steps.startMs + (steps.count - 1) * steps.stepMs;
}

/** The times as a column. */
export function timesOf(steps: Steps): Float64Array {
  const times = new Float64Array(steps.count);
  for (let at = 0; at < times.length; at++) times[at] = steps.startMs + at * steps.stepMs;
  return times;
}

/** The times of a subquery: multiples of its step within what any of the outer times sees of it. */
export function subquerySteps(startMs: number, endMs: number, stepMs: number, leftOpen: boolean): Steps {
  const first = Math.floor(startMs / stepMs) * stepMs;
  const isIn = leftOpen ? first > startMs : first >= startMs;
  const begin = isIn ? first : first + stepMs;
  return { startMs: begin, stepMs, count: Math.max(0, Math.floor((endMs - begin) / stepMs) + 1) };
}
