import { compacted } from './bucket-lists.js';
import {
  bucketRun,
  customSchema,
  maxSchema,
  minSchema,
  noBounds,
  noBuckets,
  sameBounds,
  type Buckets,
  type CounterResetHint,
  type FloatHistogram,
} from './float-histogram.js';

/**
 * A histogram as OpenTelemetry counts buckets and as stores hold it: dense lists from the first bucket to the last.
 *
 * The lists are not copied; they must not be written to afterwards.
 */
export interface StoredHistogram {
  /** OpenTelemetry's scale, which is Prometheus' schema. -53, and any other of the store's marks below -10, say that there are `bounds`. */
  readonly scale: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Rising upper bounds; `counts` has one more, for what is above all of them. */
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  /** The index of the first bucket, where bucket 0 begins at 1 (Prometheus' index less one). */
  readonly positiveOffset: number;
  readonly positiveCounts: Float64Array;
  readonly negativeOffset: number;
  readonly negativeCounts: Float64Array;
  /** 0 unknown, 1 a reset came before it, 2 none came, 3 a gauge. */
  readonly resetHint: number;
}

/** Finest and coarsest scale that OpenTelemetry knows. */
const otelMinScale = -10;
const otelMaxScale = 20;

/** No number lies in a bucket further out: 2^1024 with 2^8 buckets for each power of two, and a margin. */
const maxIndex = 1 << 20;

/** Longer lists that are mostly empty are kept without their empty buckets. */
const denseBuckets = 256;

const hints: readonly CounterResetHint[] = ['unknown', 'reset', 'notReset', 'gauge'];

/**
 * The native histogram that a stored one is. Finer scales than Prometheus has are made coarser; `undefined` when there is no such histogram:
 * the scale is coarser than -4, bounds do not rise, or buckets lie beyond every number.
 *
 * `previous`, the sample of the series before it, lends its lists of indexes and bounds when they are the same, so that the two need no comparing later.
 */
export function histogramOf(stored: StoredHistogram, previous?: FloatHistogram): FloatHistogram | undefined {
  const { scale, count, sum, resetHint } = stored;
  const counterResetHint = hints[resetHint] ?? 'unknown';
  const isExponential = scale >= otelMinScale && scale <= otelMaxScale;
  if (!isExponential) {
    const customValues = boundsOf(stored, previous);
    if (customValues === undefined) return undefined;
    const counts = stored.counts.length === 0 ? Float64Array.of(count) : stored.counts;
    const positive = runOf(0, counts, previous?.positive);
    const whole = { counterResetHint, schema: customSchema, zeroThreshold: 0, zeroCount: 0, count, sum };
    return { ...whole, positive, negative: noBuckets, customValues };
  }
  if (scale < minSchema) return undefined;
  const schema = Math.min(scale, maxSchema);
  const positive = exponential(stored.positiveOffset, stored.positiveCounts, scale - schema, previous?.positive);
  const negative = exponential(stored.negativeOffset, stored.negativeCounts, scale - schema, previous?.negative);
  if (positive === undefined || negative === undefined) return undefined;
  const zeroThreshold = stored.zeroThreshold > 0 ? stored.zeroThreshold : 0;
  const { zeroCount } = stored;
  return { counterResetHint, schema, zeroThreshold, zeroCount, count, sum, positive, negative, customValues: noBounds };
}

function exponential(
  offset: number,
  counts: Float64Array,
  steps: number,
  previous: Buckets | undefined,
): Buckets | undefined {
  if (counts.length === 0) return noBuckets;
  const width = 2 ** steps;
  const first = Math.floor(offset / width);
  const last = Math.floor((offset + counts.length - 1) / width);
  if (!(Math.abs(first) <= maxIndex && Math.abs(last) <= maxIndex)) return undefined;
  if (steps === 0) return runOf(offset + 1, counts, previous);
  const joined = new Float64Array(last - first + 1);
  for (let at = 0; at < counts.length; at++) joined[Math.floor((offset + at) / width) - first]! += counts[at]!;
  return runOf(first + 1, joined, previous);
}

/** Buckets one after the other, with the indexes of the previous sample if they are the same. */
function runOf(first: number, counts: Float64Array, previous: Buckets | undefined): Buckets {
  const size = counts.length;
  if (size > denseBuckets) return sparse(first, counts);
  const { indexes } = previous ?? noBuckets;
  const isSame = size > 0 && indexes.length === size && indexes[0] === first && indexes[size - 1] === first + size - 1;
  return isSame ? { indexes, counts } : bucketRun(first, counts);
}

function sparse(first: number, counts: Float64Array): Buckets {
  let filled = 0;
  for (let at = 0; at < counts.length; at++) if (counts[at] !== 0) filled++;
  const run = bucketRun(first, counts);
  return filled < counts.length / 2 ? compacted(run) : run;
}

/** The bounds of custom buckets, without one at infinity, which is there anyway. */
function boundsOf({ bounds, counts }: StoredHistogram, previous: FloatHistogram | undefined): Float64Array | undefined {
  if (counts.length > 0 && counts.length !== bounds.length + 1) return undefined;
  if (previous !== undefined && sameBounds(previous.customValues, bounds)) return previous.customValues;
  for (let at = 0; at < bounds.length; at++) {
    const isFinite = Number.isFinite(bounds[at]);
    if (!isFinite || (at > 0 && !(bounds[at]! > bounds[at - 1]!))) return undefined;
  }
  return bounds.length === 0 ? noBounds : bounds;
}
