import type { LimitForecast } from '@bellwether/model';

type Forecast = Pick<LimitForecast, 'state' | 'seconds' | 'soonestSeconds' | 'latestSeconds'>;

const fewest = 8;
/** Two standard errors: what the slope may well be besides its best guess. */
const errors = 2;
/** So much of the limit a day is nothing. */
const leastPerDay = 0.002;
const daySeconds = 86_400;
/** A course tells about ten times as long as it is known, or about anything when it is known for an hour. */
const knownShare = 0.1;
const enoughSeconds = 3600;
/** Beyond this nobody plans by a straight line. */
const farSeconds = 400 * daySeconds;

const nothing = { seconds: null, soonestSeconds: null, latestSeconds: null };

/**
 * When a course reaches its limit, by a straight line of least squares with the error of its slope. A course that a line does not describe, or that is too short, is `unclear`:
 * no figure is better than a wrong one; one that rises towards a time too far beyond what is known of it is `early`.
 */
export function limitForecast(values: readonly (number | null)[], stepMs: number, limit: number): Forecast {
  const points = values.flatMap((value, step) => (value === null ? [] : [{ x: (step * stepMs) / 1000, y: value }]));
  const last = points.at(-1);
  if (last === undefined || limit <= 0) return { state: 'unclear', ...nothing };
  if (last.y >= limit) return { state: 'full', seconds: 0, soonestSeconds: 0, latestSeconds: 0 };
  if (points.length < fewest) return { state: 'unclear', ...nothing };
  const count = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  const sxx = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const sxy = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const slope = sxy / sxx;
  const residue = points.reduce((sum, { x, y }) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  const spread = points.reduce((sum, { y }) => sum + (y - meanY) ** 2, 0);
  const slopeError = Math.sqrt(residue / (count - 2) / sxx);
  const least = (limit * leastPerDay) / daySeconds;
  if (Math.abs(slope) <= least) return { state: 'steady', ...nothing };
  // Less than half of what happens is a trend.
  if (spread > 0 && 1 - residue / spread < 0.5) return { state: 'unclear', ...nothing };
  if (slope < 0) return { state: 'falling', ...nothing };
  const until = (perSecond: number): number | null => {
    const seconds = perSecond <= least ? Infinity : (limit - last.y) / perSecond;
    return seconds > farSeconds ? null : seconds;
  };
  const seconds = until(slope);
  if (seconds === null) return { state: 'steady', ...nothing };
  const knownSeconds = last.x - (points[0]?.x ?? 0) + stepMs / 1000;
  if (knownSeconds < Math.min(enoughSeconds, seconds * knownShare)) return { state: 'early', ...nothing };
  return {
    state: 'rising',
    seconds,
    soonestSeconds: until(slope + errors * slopeError),
    latestSeconds: until(slope - errors * slopeError),
  };
}
