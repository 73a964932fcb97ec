import { bucketBound } from './bounds.js';
import { customSchema, type FloatHistogram } from './float-histogram.js';

/**
 * Walks through all buckets of a histogram: from the lowest to the highest, or the other way.
 *
 * After each `next()` that is true it stands on a bucket. Bounds are worked out when they are asked for: mostly only the counts matter.
 * A bucket that the zero bucket reaches into is cut at its threshold.
 */
export class BucketWalk {
  /** The count of the bucket it stands on; before the first it is 0, as are the bounds. */
  count = 0;

  readonly #histogram: FloatHistogram;
  readonly #step: 1 | -1;
  /** Places: 0 is the zero bucket, 1 the first positive one, -1 the first negative one. */
  #place: number | undefined;
  #next: number;

  constructor(histogram: FloatHistogram, descending = false) {
    this.#histogram = histogram;
    this.#step = descending ? -1 : 1;
    this.#next = descending ? histogram.positive.indexes.length : -histogram.negative.indexes.length;
  }

  next(): boolean {
    const { zeroCount, positive, negative } = this.#histogram;
    if (this.#next === 0 && !(zeroCount > 0)) this.#next += this.#step;
    const place = this.#next;
    if (place > positive.indexes.length || place < -negative.indexes.length) return false;
    this.#place = place;
    this.#next = place + this.#step;
    if (place === 0) this.count = zeroCount;
    else this.count = place > 0 ? positive.counts[place - 1]! : negative.counts[-place - 1]!;
    return true;
  }

  get lower(): number {
    const place = this.#place;
    const { schema, customValues, zeroThreshold, positive, negative } = this.#histogram;
    if (place === undefined) return 0;
    if (place === 0) return -zeroThreshold;
    if (place < 0) return -bucketBound(negative.indexes[-place - 1]!, schema, customValues);
    const bound = bucketBound(positive.indexes[place - 1]! - 1, schema, customValues);
    return bound > 0 && bound < zeroThreshold ? zeroThreshold : bound;
  }

  get upper(): number {
    const place = this.#place;
    const { schema, customValues, zeroThreshold, positive, negative } = this.#histogram;
    if (place === undefined) return 0;
    if (place === 0) return zeroThreshold;
    if (place > 0) return bucketBound(positive.indexes[place - 1]!, schema, customValues);
    const bound = -bucketBound(negative.indexes[-place - 1]! - 1, schema, customValues);
    return bound < 0 && bound > -zeroThreshold ? -zeroThreshold : bound;
  }

  get lowerIncluded(): boolean {
    const place = this.#place ?? 0;
    if (place <= 0) return true;
    return this.#histogram.schema === customSchema && this.#histogram.positive.indexes[place - 1] === 0;
  }

  get upperIncluded(): boolean {
    return (this.#place ?? 0) >= 0;
  }
}
