import type { Batch } from './batch.js';

/** Waiting batches, bounded in bytes: precious ones first, otherwise in order. When it is full, the oldest that is not precious goes first. */
export class SendQueue {
  readonly maxBytes: number;
  readonly #precious: Batch[] = [];
  readonly #others: Batch[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#precious.length + this.#others.length;
  }

  /** Gives back what had to go to make room. */
  push(batch: Batch): readonly Batch[] {
    (batch.isPrecious === true ? this.#precious : this.#others).push(batch);
    this.#bytes += batch.body.length;
    const gone: Batch[] = [];
    while (this.#bytes > this.maxBytes) {
      const oldest = this.#others[0] ?? this.#precious[0];
      if (oldest === undefined) break;
      this.remove(oldest);
      gone.push(oldest);
    }
    return gone;
  }

  peek(): Batch | undefined {
    return this.#precious[0] ?? this.#others[0];
  }

  peekPrecious(): Batch | undefined {
    return this.#precious[0];
  }

  /** False when it was not there any more: it may have been dropped while it was being sent. */
  remove(batch: Batch): boolean {
    const list = batch.isPrecious === true ? this.#precious : this.#others;
    const at = list.indexOf(batch);
    if (at < 0) return false;
    list.splice(at, 1);
    this.#bytes -= batch.body.length;
    return true;
  }

  has(batch: Batch): boolean {
    return (batch.isPrecious === true ? this.#precious : this.#others).includes(batch);
  }

  all(): readonly Batch[] {
    return [...this.#precious, ...this.#others];
  }
}
