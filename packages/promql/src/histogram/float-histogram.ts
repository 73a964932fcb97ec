/**
 * What is known of resets between a histogram and the one before it.
 * A gauge is no counter: it may go down.
 */
export type CounterResetHint = 'unknown' | 'reset' | 'notReset' | 'gauge';

/**
 * The buckets of one side that have a count, and some that have none.
 *
 * `indexes` rise. The arrays are never written after they were given away, so that histograms of one layout share their `indexes`:
 * two that are the same object need no comparing.
 */
export interface Buckets {
  /** Prometheus' indexes: bucket `i` of an exponential schema ends at 2^(i / 2^schema) and begins where `i - 1` ends; custom bucket `i` ends at `customValues[i]`. */
  readonly indexes: Int32Array;
  readonly counts: Float64Array;
}

/** A native histogram with fractional counts. Nobody writes to one after it was made; arithmetic makes new ones, `HistogramTotal` adds in place. */
export interface FloatHistogram {
  readonly counterResetHint: CounterResetHint;
  /** -4 to 8: 2^schema buckets for each power of two. `customSchema`: the bounds are `customValues`. */
  readonly schema: number;
  /** Observations from its negative to its positive count in `zeroCount`. 0 for custom buckets. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  /** Of all observations, NaN ones included, which no bucket counts. */
  readonly count: number;
  readonly sum: number;
  readonly positive: Buckets;
  /** By absolute value: bucket `i` counts what bucket `i` of `positive` would if the signs were turned. Empty for custom buckets. */
  readonly negative: Buckets;
  /** Upper bounds of the custom buckets, rising; one more bucket goes to infinity. Empty for exponential schemas. */
  readonly customValues: Float64Array;
}

/** The schema of histograms with custom buckets. */
export const customSchema = -53;

export const minSchema = -4;
export const maxSchema = 8;

export const noBuckets: Buckets = { indexes: new Int32Array(0), counts: new Float64Array(0) };
export const noBounds: Float64Array = new Float64Array(0);

/** A histogram without observations, of schema 0. */
export const emptyHistogram: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positive: noBuckets,
  negative: noBuckets,
  customValues: noBounds,
};

export function usesCustomBuckets(histogram: FloatHistogram): boolean {
  return histogram.schema === customSchema;
}

/** Buckets one after the other, the first at `offset`. */
export function bucketRun(offset: number, counts: Float64Array): Buckets {
  if (counts.length === 0) return noBuckets;
  const indexes = new Int32Array(counts.length);
  for (let at = 0; at < indexes.length; at++) indexes[at] = offset + at;
  return { indexes, counts };
}

/** The same histogram with another hint. */
export function withHint(histogram: FloatHistogram, counterResetHint: CounterResetHint): FloatHistogram {
  return histogram.counterResetHint === counterResetHint ? histogram : { ...histogram, counterResetHint };
}

/** Whether two histograms have the same custom bounds, bit for bit. */
export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    if (!Object.is(a[at], b[at])) return false;
  }
  return true;
}

/** Whether two lists of indexes are the same. */
export function sameIndexes(a: Int32Array, b: Int32Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    if (a[at] !== b[at]) return false;
  }
  return true;
}
