import { BucketWalk } from './bucket-walk.js';
import type { FloatHistogram } from './float-histogram.js';

/** Which ends belong to a bucket: 0 the upper, 1 the lower, 2 none, 3 both. */
export type BoundaryRule = 0 | 1 | 2 | 3;

/** A histogram in answers of Prometheus' HTTP API. Numbers are texts, because JSON has no infinity. */
export interface HistogramJson {
  readonly count: string;
  readonly sum: string;
  /** Rule, lower and upper end, count; from the lowest to the highest, without empty ones. Left out when there is none. */
  readonly buckets?: readonly (readonly [BoundaryRule, string, string, string])[];
}

export function histogramJson(histogram: FloatHistogram): HistogramJson {
  const buckets: [BoundaryRule, string, string, string][] = [];
  const walk = new BucketWalk(histogram);
  while (walk.next()) {
    if (walk.count === 0) continue;
    buckets.push([boundaryRule(walk), jsonNumber(walk.lower), jsonNumber(walk.upper), jsonNumber(walk.count)]);
  }
  const whole = { count: jsonNumber(histogram.count), sum: jsonNumber(histogram.sum) };
  return buckets.length === 0 ? whole : { ...whole, buckets };
}

function boundaryRule({ lowerIncluded, upperIncluded }: BucketWalk): BoundaryRule {
  if (lowerIncluded) return upperIncluded ? 3 : 1;
  return upperIncluded ? 0 : 2;
}

/** A float as Prometheus' answers have it: with an exponent, of at least two digits, below a millionth and from 10^21. */
export function jsonNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const size = Math.abs(value);
  if (size >= 1e-6 && size < 1e21) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
}
