/** Past it a buffer that is empty is given back. */
const keptBytes = 256 * 1024;

/** Bytes in their order: added at the end, taken from the front. Adding costs the same per byte however small the pieces are. */
export class ByteFifo {
  #buffer = Buffer.alloc(0);
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  /** All bytes there are; good until the next `append`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#from, this.#to);
  }

  append(chunk: Uint8Array): void {
    if (this.#to + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  drop(bytes: number): void {
    this.#from = Math.min(this.#from + bytes, this.#to);
    if (this.#from < this.#to) return;
    this.#from = 0;
    this.#to = 0;
    if (this.#buffer.length > keptBytes) this.#buffer = Buffer.alloc(0);
  }

  /** What is held moves to the front; into a buffer twice as large when it would fill more than half of this one. */
  #makeRoom(bytes: number): void {
    const needed = this.length + bytes;
    const target = needed * 2 > this.#buffer.length ? Buffer.allocUnsafe(Math.max(needed * 2, 4096)) : this.#buffer;
    this.#buffer.copy(target, 0, this.#from, this.#to);
    this.#to -= this.#from;
    this.#from = 0;
    this.#buffer = target;
  }
}
