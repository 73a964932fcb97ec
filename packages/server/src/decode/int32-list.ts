/** Numbers this many are kept between requests; a larger scratch is given back to the heap. */
const keptCapacity = 1 << 20;

/**
 * A list of 32-bit integers that grows. It is scratch space: one per column and process, filled by one decoding at a time,
 * and copied out at its exact size by `take`.
 */
export class Int32List {
  data: Int32Array = new Int32Array(4096);
  length = 0;

  /** Makes room for `count` more and returns where they begin; the caller writes them into `data` and they count as written. */
  extend(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.data.length) {
      const larger = new Int32Array(Math.max(needed, this.data.length * 2));
      larger.set(this.data);
      this.data = larger;
    }
    this.length = needed;
    return at;
  }

  /** Forgets everything, also after a decoding that threw. */
  clear(): void {
    this.length = 0;
    if (this.data.length > keptCapacity) this.data = new Int32Array(4096);
  }

  take(): Int32Array {
    const taken = this.data.slice(0, this.length);
    this.clear();
    return taken;
  }
}
