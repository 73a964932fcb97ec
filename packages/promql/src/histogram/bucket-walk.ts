import { bucketBound } from './bounds.js';
import { customSchema, type FloatHistogram } from './float-histogram.js';

/**
 * Walks through all buckets of a histogram: from the lowest to the highest, or the other way.
 *
 * After each `next()` that is true, the fields are those of the bucket it stands on. A bucket that the zero bucket reaches into is cut at its threshold.
 */
export class BucketWalk {
  lower = 0;
  upper = 0;
  count = 0;
  lowerIncluded = false;
  upperIncluded = false;

  readonly #histogram: FloatHistogram;
  readonly #descending: boolean;
  /** The place of the next bucket: negative ones below 0, the zero bucket at 0, positive ones above; `-1` and `1` are the nearest to zero. */
  #place: number;

  constructor(histogram: FloatHistogram, descending = false) {
    this.#histogram = histogram;
    this.#descending = descending;
    this.#place = descending ? histogram.positive.indexes.length : -histogram.negative.indexes.length;
  }

  next(): boolean {
    const { zeroCount, positive, negative } = this.#histogram;
    let place = this.#place;
    if (place === 0 && !(zeroCount > 0)) place += this.#descending ? -1 : 1;
    if (place > positive.indexes.length || place < -negative.indexes.length) return false;
    this.#place = place + (this.#descending ? -1 : 1);
    if (place === 0) this.#standOnZero();
    else if (place > 0) this.#standOnPositive(place - 1);
    else this.#standOnNegative(-place - 1);
    return true;
  }

  #standOnZero(): void {
    const { zeroThreshold, zeroCount } = this.#histogram;
    this.lower = -zeroThreshold;
    this.upper = zeroThreshold;
    this.count = zeroCount;
    this.lowerIncluded = true;
    this.upperIncluded = true;
  }

  #standOnPositive(at: number): void {
    const { schema, customValues, positive, zeroThreshold } = this.#histogram;
    const index = positive.indexes[at]!;
    this.count = positive.counts[at]!;
    this.lower = bucketBound(index - 1, schema, customValues);
    this.upper = bucketBound(index, schema, customValues);
    this.lowerIncluded = schema === customSchema && index === 0;
    this.upperIncluded = true;
    if (this.lower > 0 && this.lower < zeroThreshold) this.lower = zeroThreshold;
  }

  #standOnNegative(at: number): void {
    const { schema, customValues, negative, zeroThreshold } = this.#histogram;
    const index = negative.indexes[at]!;
    this.count = negative.counts[at]!;
    this.lower = -bucketBound(index, schema, customValues);
    this.upper = -bucketBound(index - 1, schema, customValues);
    this.lowerIncluded = true;
    this.upperIncluded = false;
    if (this.upper < 0 && this.upper > -zeroThreshold) this.upper = -zeroThreshold;
  }
}
