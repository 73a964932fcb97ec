import { addInto, bucketsWithin, joined, withoutFirst } from './bucket-lists.js';
import {
  customSchema,
  noBuckets,
  sameBounds,
  type Buckets,
  type CounterResetHint,
  type FloatHistogram,
} from './float-histogram.js';
import { bucketsTaken, widerZeroBucket } from './zero-bucket.js';

/** Why two histograms can not be added or subtracted. */
export type Incompatible = 'exponential and custom buckets' | 'different custom bounds';

/** Why two histograms can not be added or subtracted, or undefined when they can. */
export function incompatibility(a: FloatHistogram, b: FloatHistogram): Incompatible | undefined {
  const isCustom = a.schema === customSchema;
  if (isCustom !== (b.schema === customSchema)) return 'exponential and custom buckets';
  return isCustom && !sameBounds(a.customValues, b.customValues) ? 'different custom bounds' : undefined;
}

type Written = { -readonly [Key in keyof FloatHistogram]: FloatHistogram[Key] };

/**
 * A histogram to which others are added in place: for sums over many series or samples.
 *
 * The coarser schema and the wider zero bucket win, as they must: what is not known apart can not be told apart.
 */
export class HistogramTotal {
  readonly #total: Written;
  /** Whether nobody else has the arrays of counts. */
  #isOwn = false;

  constructor(first: FloatHistogram) {
    this.#total = { ...first };
  }

  /** Adds a histogram; when it does not fit, nothing is changed and the reason is given. */
  add(other: FloatHistogram): Incompatible | undefined {
    const reason = this.#combine(other, 1);
    if (reason === undefined) {
      this.#total.counterResetHint = hintOfSum(this.#total.counterResetHint, other.counterResetHint);
    }
    return reason;
  }

  /** Subtracts a histogram; the hint stays. */
  subtract(other: FloatHistogram): Incompatible | undefined {
    return this.#combine(other, -1);
  }

  /** Multiplies every count and the sum. */
  multiply(factor: number): void {
    this.#own();
    const total = this.#total;
    total.zeroCount *= factor;
    total.count *= factor;
    total.sum *= factor;
    const { positive, negative } = total;
    for (let at = 0; at < positive.counts.length; at++) positive.counts[at]! *= factor;
    for (let at = 0; at < negative.counts.length; at++) negative.counts[at]! *= factor;
  }

  /** Says what is known of resets. */
  hint(counterResetHint: CounterResetHint): void {
    this.#total.counterResetHint = counterResetHint;
  }

  /** The total so far; later additions do not change it. */
  value(): FloatHistogram {
    this.#isOwn = false;
    return { ...this.#total };
  }

  #combine(other: FloatHistogram, sign: 1 | -1): Incompatible | undefined {
    const total = this.#total;
    const reason = incompatibility(total, other);
    if (reason !== undefined) return reason;
    this.#own();
    if (total.schema === customSchema) {
      total.positive = addInto(total.positive, other.positive, sign);
    } else {
      const zeroCount = this.#levelZeroBuckets(other);
      total.zeroCount += sign * zeroCount;
      const schema = Math.min(total.schema, other.schema);
      if (schema < total.schema) {
        total.positive = joined(total.positive, total.schema - schema);
        total.negative = joined(total.negative, total.schema - schema);
        total.schema = schema;
      }
      total.positive = addInto(total.positive, this.#beside(other.positive, other.schema), sign);
      total.negative = addInto(total.negative, this.#beside(other.negative, other.schema), sign);
    }
    total.count += sign * other.count;
    total.sum += sign * other.sum;
    return undefined;
  }

  /** The buckets of another histogram in the total's schema, without those that its zero bucket has taken in. */
  #beside(buckets: Buckets, schema: number): Buckets {
    const { zeroThreshold, schema: coarser } = this.#total;
    return joined(withoutFirst(buckets, bucketsWithin(buckets, schema, zeroThreshold)), schema - coarser);
  }

  /** Widens the zero bucket until it fits both, and gives back what the other one's would count. */
  #levelZeroBuckets(other: FloatHistogram): number {
    const total = this.#total;
    let zero = { threshold: other.zeroThreshold, count: other.zeroCount };
    for (;;) {
      if (zero.threshold < total.zeroThreshold) zero = widerZeroBucket(other, total.zeroThreshold);
      if (!(zero.threshold > total.zeroThreshold)) return zero.count;
      const { threshold, count } = widerZeroBucket(total, zero.threshold);
      total.positive = withoutFirst(total.positive, bucketsTaken(total.positive, total.schema, threshold));
      total.negative = withoutFirst(total.negative, bucketsTaken(total.negative, total.schema, threshold));
      total.zeroThreshold = threshold;
      total.zeroCount = count;
      if (zero.threshold === threshold) return zero.count;
    }
  }

  #own(): void {
    if (this.#isOwn) return;
    const total = this.#total;
    total.positive = copied(total.positive);
    total.negative = copied(total.negative);
    this.#isOwn = true;
  }
}

function copied({ indexes, counts }: Buckets): Buckets {
  return counts.length === 0 ? noBuckets : { indexes, counts: counts.slice() };
}

/** What is known of resets in a sum: a gauge makes it a gauge; two that do not agree leave it unknown. */
export function hintOfSum(a: CounterResetHint, b: CounterResetHint): CounterResetHint {
  if (a === b) return a;
  return a === 'gauge' || b === 'gauge' ? 'gauge' : 'unknown';
}
