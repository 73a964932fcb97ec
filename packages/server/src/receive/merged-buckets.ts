import type { Buckets, ExponentialPoint } from '../decode/data-points.js';

/** An exponential histogram's values without its series and times. */
export type ExponentialSum = Pick<
  ExponentialPoint,
  'count' | 'sum' | 'min' | 'max' | 'scale' | 'zeroCount' | 'zeroThreshold' | 'positive' | 'negative'
>;

/** Buckets on either side of zero; more are merged in pairs until they fit. OpenTelemetry's SDKs keep 160. */
const maxBuckets = 320;

/** Counts of the same bounds, added. */
export function mergedBuckets(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.length >= b.length ? a.map((count, i) => count + (b[i] ?? 0)) : mergedBuckets(b, a);
}

/**
 * Two exponential histograms as one: at the coarser scale of both, or coarser still when there would be too many buckets
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-scale). `a` undefined: nothing yet.
 */
export function mergedExponential(a: ExponentialSum | undefined, b: ExponentialSum): ExponentialSum {
  if (a === undefined) return mergedExponential(nothingYet(b), b);
  let scale = Math.min(a.scale, b.scale);
  const at = (wanted: number): { positive: Buckets; negative: Buckets } => ({
    positive: added(coarser(a.positive, a.scale - wanted), coarser(b.positive, b.scale - wanted)),
    negative: added(coarser(a.negative, a.scale - wanted), coarser(b.negative, b.scale - wanted)),
  });
  while (width(a, b, scale, 'positive') > maxBuckets || width(a, b, scale, 'negative') > maxBuckets) scale -= 1;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Number.isNaN(a.min) ? b.min : Number.isNaN(b.min) ? a.min : Math.min(a.min, b.min),
    max: Number.isNaN(a.max) ? b.max : Number.isNaN(b.max) ? a.max : Math.max(a.max, b.max),
    scale,
    zeroCount: a.zeroCount + b.zeroCount,
    zeroThreshold: Math.max(a.zeroThreshold, b.zeroThreshold),
    ...at(scale),
  };
}

/** Of the same scale and threshold, so that the first point stays as it is, but for buckets that are too many. */
function nothingYet({ scale, zeroThreshold }: ExponentialSum): ExponentialSum {
  const none: Buckets = { offset: 0, counts: [] };
  const unknown = Number.NaN;
  return {
    count: 0,
    sum: 0,
    min: unknown,
    max: unknown,
    scale,
    zeroCount: 0,
    zeroThreshold,
    positive: none,
    negative: none,
  };
}

/** Buckets that both sides would span at a scale. */
function width(a: ExponentialSum, b: ExponentialSum, scale: number, side: 'positive' | 'negative'): number {
  const spans = [a, b].flatMap(({ scale: own, [side]: { offset, counts } }) =>
    counts.length === 0
      ? []
      : [[shifted(offset, own - scale), shifted(offset + counts.length - 1, own - scale)] as const],
  );
  if (spans.length === 0) return 0;
  return Math.max(...spans.map(([, last]) => last)) - Math.min(...spans.map(([first]) => first)) + 1;
}

/** An index `by` scales coarser; many of them leave only the sign. The last index of a point may be beyond 32 bits, so it is not shifted as they are. */
function shifted(index: number, by: number): number {
  return by > 40 ? (index < 0 ? -1 : 0) : Math.floor(index / 2 ** by);
}

function coarser(buckets: Buckets, by: number): Buckets {
  if (by === 0 || buckets.counts.length === 0) return buckets;
  const { offset, counts } = buckets;
  const first = shifted(offset, by);
  const merged: number[] = Array.from({ length: shifted(offset + counts.length - 1, by) - first + 1 }, () => 0);
  for (const [i, count] of counts.entries()) merged[shifted(offset + i, by) - first]! += count;
  return { offset: first, counts: merged };
}

function added(a: Buckets, b: Buckets): Buckets {
  if (a.counts.length === 0) return b;
  if (b.counts.length === 0) return a;
  const first = Math.min(a.offset, b.offset);
  const last = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const counts: number[] = Array.from({ length: last - first }, () => 0);
  for (const { offset, counts: own } of [a, b])
    for (const [i, count] of own.entries()) counts[offset - first + i]! += count;
  return { offset: first, counts };
}
