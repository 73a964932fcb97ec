/** Counts that differ by less than this share of each other are the same: they come from adding floats in another order. */
const toleratedShare = 1e-12;

/**
 * The cumulative buckets of one classic histogram at one time, in the order of their bounds. Used again for the next time.
 *
 * Bounds must be added rising; two of the same bound are added up.
 */
export class ClassicBuckets {
  /** How many different bounds there are. */
  size = 0;
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;

  /** `most`: how many buckets there may be. */
  constructor(most: number) {
    this.#bounds = new Float64Array(most);
    this.#counts = new Float64Array(most);
  }

  clear(): void {
    this.size = 0;
  }

  add(bound: number, count: number): void {
    const { size } = this;
    if (size > 0 && this.#bounds[size - 1] === bound) {
      this.#counts[size - 1]! += count;
      return;
    }
    this.#bounds[size] = bound;
    this.#counts[size] = count;
    this.size++;
  }

  /**
   * Makes counts rise with their bounds, as cumulative counts must: one that is lower than the one before it becomes the same.
   *
   * True when a count really fell; differences that rounding explains are evened out without a word.
   */
  makeMonotonic(): boolean {
    const counts = this.#counts;
    let fell = false;
    let highest = counts[0]!;
    for (let at = 1; at < this.size; at++) {
      const count = counts[at]!;
      if (count === highest) continue;
      const same = almostSame(highest, count);
      if (same || count < highest) {
        counts[at] = highest;
        fell ||= !same;
      } else highest = count;
    }
    return fell;
  }

  /** Whether the last bucket is the one of all observations, without which nothing can be said. */
  get isWhole(): boolean {
    return this.size > 0 && this.#bounds[this.size - 1] === Infinity;
  }

  /** The value below which the share `q` (0 to 1) of the observations lies, taken to be spread evenly within a bucket. Needs monotonic counts. */
  quantile(q: number): number {
    const { size } = this;
    const bounds = this.#bounds;
    const counts = this.#counts;
    const observed = counts[size - 1]!;
    if (!this.isWhole || size < 2 || observed === 0) return NaN;
    const rank = q * observed;
    const at = this.#firstWith(rank);
    if (at === size - 1) return bounds[size - 2]!;
    const end = bounds[at]!;
    if (at === 0) return end <= 0 ? end : end * (rank / counts[0]!);
    const start = bounds[at - 1]!;
    return start + (end - start) * ((rank - counts[at - 1]!) / (counts[at]! - counts[at - 1]!));
  }

  /** The share of the observations between two values. */
  fraction(from: number, to: number): number {
    const observed = this.#counts[this.size - 1]!;
    if (!this.isWhole || observed === 0 || Number.isNaN(from) || Number.isNaN(to)) return NaN;
    if (from >= to) return 0;
    const below = Math.min(this.#rankOf(from) ?? observed, observed);
    const upTo = Math.min(this.#rankOf(to) ?? observed, observed);
    return (upTo - below) / observed;
  }

  /** The first bucket with at least `rank` observations, or the last. */
  #firstWith(rank: number): number {
    let low = 0;
    let high = this.size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#counts[middle]! >= rank) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How many observations lie below a value; `undefined` above every bucket. */
  #rankOf(value: number): number | undefined {
    let rank = 0;
    let start = -Infinity;
    for (let at = 0; at < this.size; at++) {
      const end = this.#bounds[at]!;
      if (start >= value) return rank;
      if (end > value) return rank + (this.#counts[at]! - rank) * ((value - start) / (end - start));
      rank = this.#counts[at]!;
      start = end;
    }
    return undefined;
  }
}

function almostSame(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  const distance = Math.abs(a - b);
  const sizes = Math.abs(a) + Math.abs(b);
  if (a === 0 || b === 0 || sizes < 2 ** -1022) return distance < toleratedShare * 2 ** -1022;
  return distance / Math.min(sizes, Number.MAX_VALUE) < toleratedShare;
}
