import type { Interval } from '../time-range.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const nice = [
  ...[1, 2, 5, 10, 15, 30].map(count => count * second),
  ...[1, 2, 5, 10, 15, 30].map(count => count * minute),
  ...[1, 2, 3, 6, 12].map(count => count * hour),
  ...[1, 2, 7, 14, 28].map(count => count * day),
];

/** No answer has more points than this per series. */
export const mostPoints = 2000;
const pxPerPoint = 2;

/** The step that gives about one point per 2 px, in round numbers. */
export function autoStepMs(rangeMs: number, widthPx: number): number {
  const points = Math.min(Math.max(widthPx / pxPerPoint, 50), mostPoints);
  const leastMs = rangeMs / points;
  return nice.find(stepMs => stepMs >= leastMs) ?? Math.ceil(leastMs / day) * day;
}

/** Steps that a person may fix for this range: those that leave something to draw and not too much. */
export function fixedStepsMs(rangeMs: number): readonly number[] {
  return nice.filter(stepMs => rangeMs / stepMs <= mostPoints && rangeMs / stepMs >= 10);
}

/** A fixed step as it may be for this range: never so small that there would be too many points. */
export function boundedStepMs(stepMs: number, rangeMs: number): number {
  return rangeMs / stepMs <= mostPoints ? stepMs : autoStepMs(rangeMs, mostPoints * pxPerPoint);
}

/**
 * The steps that lie in the range, at whole multiples of the step: when the range slides by a moment, what was
 * drawn stays where it was, and points do not flicker.
 */
export function stepsIn({ fromMs, toMs }: Interval, stepMs: number): readonly number[] {
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.max(Math.floor(toMs / stepMs), first);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * stepMs);
}
