/** What a histogram holds; the least and the greatest value where they are known. */
export interface HistogramFigures {
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: number;
  /** Index of `counts[0]`. */
  readonly offset: number;
  readonly counts: Uint32Array;
  readonly min?: number;
  readonly max?: number;
}

const maxBuckets = 160;
const maxScale = 3;

/**
 * A histogram whose buckets grow by 2^(2^-scale), as OpenTelemetry's data model defines it: bucket `i` holds `(base^i, base^(i+1)]`.
 *
 * It begins with 8 buckets per doubling (4.4% wide at most to either side) and halves the resolution when values spread over more than
 * 160 buckets, so it never holds more. Negative values and NaN are not counted.
 */
export class ExponentialHistogram {
  scale = maxScale;
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;
  zeroCount = 0;
  /** Index of `counts[0]`. */
  offset = 0;
  counts = new Uint32Array(0);
  #factor = 2 ** maxScale;

  record(value: number): void {
    if (!(value >= 0) || value === Infinity) return;
    this.count++;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value === 0) {
      this.zeroCount++;
      return;
    }
    const index = Math.ceil(Math.log2(value) * this.#factor) - 1;
    const at = index - this.offset;
    if (at >= 0 && at < this.counts.length) this.counts[at]!++;
    else this.#widen(index, value);
  }

  #widen(index: number, value: number): void {
    if (this.counts.length === 0) {
      this.offset = index - 8;
      this.counts = new Uint32Array(32);
      this.counts[8] = 1;
      return;
    }
    let low = this.offset;
    let high = this.offset + this.counts.length - 1;
    while (low <= high && this.counts[low - this.offset] === 0) low++;
    while (high > low && this.counts[high - this.offset] === 0) high--;
    if (Math.max(high, index) - Math.min(low, index) >= maxBuckets) {
      this.#halveResolution();
      this.count--;
      this.sum -= value;
      this.record(value);
      return;
    }
    low = Math.min(low, index);
    high = Math.max(high, index);
    const size = Math.min(maxBuckets, Math.max(32, 2 * (high - low + 1)));
    const offset = low - Math.floor((size - (high - low + 1)) / 2);
    const counts = new Uint32Array(size);
    for (let at = 0; at < this.counts.length; at++) {
      const count = this.counts[at]!;
      if (count > 0) counts[at + this.offset - offset] = count;
    }
    counts[index - offset]!++;
    this.offset = offset;
    this.counts = counts;
  }

  /** Buckets 2i and 2i+1 become bucket i. */
  #halveResolution(): void {
    const offset = Math.floor(this.offset / 2);
    const counts = new Uint32Array(Math.floor((this.offset + this.counts.length - 1) / 2) - offset + 1);
    for (let at = 0; at < this.counts.length; at++) {
      counts[Math.floor((this.offset + at) / 2) - offset]! += this.counts[at]!;
    }
    this.scale--;
    this.#factor /= 2;
    this.offset = offset;
    this.counts = counts;
  }
}
