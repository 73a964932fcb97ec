import type { ExponentialItem } from '../otlp-writer.js';

const maxBuckets = 160;
const finestScale = 20;

/**
 * Values as an exponential histogram (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram): bucket `i` holds what is above
 * `base^i` and at most `base^(i+1)`, `base = 2^(2^-scale)`. It begins as fine as can be and gets coarser whenever more than 160 buckets would be needed.
 */
export class ExponentialSketch {
  #scale = finestScale;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;
  #zeroCount = 0;
  #positive = new BucketRange();
  #negative = new BucketRange();

  /** Adds a finite value, `times` times (a whole number). */
  add(value: number, times: number): void {
    if (times === 0) return;
    this.#count += times;
    this.#sum += value * times;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (value === 0) {
      this.#zeroCount += times;
      return;
    }
    const range = value > 0 ? this.#positive : this.#negative;
    const index = bucketIndex(Math.abs(value), this.#scale);
    const coarser = range.stepsFor(index);
    if (coarser > 0) {
      this.#scale -= coarser;
      this.#positive.coarsen(coarser);
      this.#negative.coarsen(coarser);
    }
    range.add(index >> coarser, times);
  }

  point(): Omit<ExponentialItem, 'attributes' | 'startNs' | 'timeNs'> {
    return {
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
      scale: this.#scale,
      zeroCount: this.#zeroCount,
      positive: this.#positive.dense(),
      negative: this.#negative.dense(),
    };
  }
}

/** Counts by bucket index; never more than 160 from the lowest to the highest. */
class BucketRange {
  #counts = new Map<number, number>();
  #lowest = Infinity;
  #highest = -Infinity;

  /** How often the width of the buckets must double before `index` fits. */
  stepsFor(index: number): number {
    let lowest = Math.min(this.#lowest, index);
    let highest = Math.max(this.#highest, index);
    let steps = 0;
    while (highest - lowest >= maxBuckets) {
      lowest >>= 1;
      highest >>= 1;
      steps += 1;
    }
    return steps;
  }

  coarsen(steps: number): void {
    const counts = this.#counts;
    this.#counts = new Map();
    this.#lowest = Infinity;
    this.#highest = -Infinity;
    for (const [index, count] of counts) this.add(index >> steps, count);
  }

  add(index: number, times: number): void {
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + times);
    this.#lowest = Math.min(this.#lowest, index);
    this.#highest = Math.max(this.#highest, index);
  }

  dense(): { readonly offset: number; readonly counts: readonly number[] } {
    if (this.#counts.size === 0) return { offset: 0, counts: [] };
    const counts = Array.from({ length: this.#highest - this.#lowest + 1 }, () => 0);
    for (const [index, count] of this.#counts) counts[index - this.#lowest] = count;
    return { offset: this.#lowest, counts };
  }
}

const bits = new DataView(new ArrayBuffer(8));

/** The bucket of a positive finite value. Powers of two are upper bounds, and exact. */
export function bucketIndex(value: number, scale: number): number {
  const [exponent, mantissa] = parts(value);
  if (scale <= 0) return (mantissa === 1 ? exponent - 1 : exponent) >> -scale;
  const perPower = 2 ** scale;
  if (mantissa === 1) return exponent * perPower - 1;
  const within = Math.min(perPower - 1, Math.floor(Math.log2(mantissa) * perPower));
  return exponent * perPower + within;
}

/** `value = mantissa * 2^exponent` with a mantissa of at least 1 and below 2. */
function parts(value: number): readonly [exponent: number, mantissa: number] {
  const isSubnormal = value < 2 ** -1022;
  bits.setFloat64(0, isSubnormal ? value * 2 ** 52 : value);
  const high = bits.getUint32(0);
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  return [isSubnormal ? exponent - 52 : exponent, bits.getFloat64(0)];
}
