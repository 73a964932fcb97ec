const smallestBytes = 16 * 1024;

/**
 * Buffers that are used again and again. Each new one counts against the heap's outside memory, and the more of that there is the more often
 * the whole heap is collected: with a fresh buffer per body that was a sixth of the receiver's CPU (`bench/ingest-traces`).
 */
export class ScratchPool {
  readonly #free = new Map<number, Buffer[]>();
  readonly #maxBytes: number;
  #freeBytes = 0;

  /** At most `maxBytes` lie idle here. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** A buffer of at least `bytes`, with whatever its last user left in it. */
  take(bytes: number): Buffer {
    const size = Math.max(smallestBytes, 2 ** Math.ceil(Math.log2(Math.max(1, bytes))));
    const found = this.#free.get(size)?.pop();
    if (found === undefined) return Buffer.allocUnsafeSlow(size);
    this.#freeBytes -= size;
    return found;
  }

  /** Takes back what `take` gave, when nobody reads it any more. */
  give(buffer: Buffer): void {
    if (this.#freeBytes + buffer.length > this.#maxBytes) return;
    const list = this.#free.get(buffer.length);
    if (list === undefined) this.#free.set(buffer.length, [buffer]);
    else list.push(buffer);
    this.#freeBytes += buffer.length;
  }
}
