import type { ExponentialPoint, HistogramPoint, NumberPoint, SummaryPoint } from '../decode/data-points.js';
import { mergedBuckets, mergedExponential, type ExponentialSum } from './merged-buckets.js';

/** A point of any type. */
export type AnyPoint = NumberPoint | HistogramPoint | ExponentialPoint | SummaryPoint;

interface NumberSum {
  readonly value: number | undefined;
}

/** Observations in buckets with bounds. */
export type HistogramSum = Pick<HistogramPoint, 'count' | 'sum' | 'min' | 'max' | 'bounds' | 'counts'>;

/** Observations with quantiles that the sender worked out. */
export type SummarySum = Pick<SummaryPoint, 'count' | 'sum' | 'quantiles'>;

/** What points of one series add up to; a summary is the last one. */
export type Values = NumberSum | HistogramSum | ExponentialSum | SummarySum;

/** Whether a point can be added: the bounds of a histogram are the same. */
export function fits(values: Values | undefined, point: AnyPoint): boolean {
  if (values === undefined || !('bounds' in point)) return true;
  const bounds = 'bounds' in values ? values.bounds : [];
  return bounds.length === point.bounds.length && bounds.every((bound, i) => bound === point.bounds[i]);
}

/** The values with a point's on top. */
export function added(values: Values | undefined, point: AnyPoint): Values {
  if ('bounds' in point) return mergedHistogram(values !== undefined && 'bounds' in values ? values : undefined, point);
  if ('scale' in point) return mergedExponential(values !== undefined && 'scale' in values ? values : undefined, point);
  if ('quantiles' in point) return point;
  return { value: (values !== undefined && 'value' in values ? (values.value ?? 0) : 0) + (point.value ?? 0) };
}

function mergedHistogram(sum: HistogramSum | undefined, point: HistogramPoint): HistogramSum {
  if (sum === undefined) {
    const { count, sum, min, max, bounds, counts } = point;
    return { count, sum, min, max, bounds, counts };
  }
  return {
    count: sum.count + point.count,
    sum: sum.sum + point.sum,
    min: lesser(sum.min, point.min),
    max: greater(sum.max, point.max),
    bounds: sum.bounds,
    counts: mergedBuckets(sum.counts, point.counts),
  };
}

const lesser = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b));
const greater = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));
