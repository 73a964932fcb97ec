import { ScratchPool } from '../base/scratch-pool.js';

/** Columns at least this long lie in memory that is used again. */
const pooledLength = 4096;
const pool = new ScratchPool(16 << 20);
const lent = new WeakMap<ArrayBufferLike, Buffer>();

/** Gives back the memory of a column that `take` returned, when nobody reads it any more. Anything else stays what it is. */
export function giveBack(column: Int32Array): void {
  const buffer = lent.get(column.buffer);
  if (buffer === undefined) return;
  lent.delete(column.buffer);
  pool.give(buffer);
}

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

  /** A copy of what was written; `giveBack` may have it when it is not needed any more. */
  take(): Int32Array {
    const { length } = this;
    if (length < pooledLength) {
      const taken = this.data.slice(0, length);
      this.clear();
      return taken;
    }
    const buffer = pool.take(length * 4);
    lent.set(buffer.buffer, buffer);
    const taken = new Int32Array(buffer.buffer, buffer.byteOffset, length);
    taken.set(this.data.subarray(0, length));
    this.clear();
    return taken;
  }
}
