/** More is given back after the question it was needed for. */
const maxKeptBytes = 128 << 20;
const leastBytes = 4 << 20;

/**
 * Room for the samples of one question at a time, kept for the next one: fresh memory of tens of megabytes costs more than filling it, since the
 * system hands it out and clears it page by page.
 */
export class SampleRoom {
  #kept: ArrayBuffer = new ArrayBuffer(0);
  #at = 0;
  #wanted = 0;

  /** Whatever was handed out may be written over from now on. */
  clear(): void {
    // What did not fit makes it larger for the next question, unless that would keep too much.
    if (this.#wanted > this.#kept.byteLength && this.#wanted <= maxKeptBytes) {
      this.#kept = new ArrayBuffer(Math.max(leastBytes, this.#wanted));
    }
    this.#at = 0;
    this.#wanted = 0;
  }

  take(count: number): Float64Array {
    const bytes = count * 8;
    this.#wanted += bytes;
    if (this.#at + bytes > this.#kept.byteLength) return new Float64Array(count);
    const room = new Float64Array(this.#kept, this.#at, count);
    this.#at += bytes;
    return room;
  }
}
