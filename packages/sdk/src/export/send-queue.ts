/** A batch that waits to be sent. */
export interface Batch {
  readonly signal: 'traces' | 'logs' | 'metrics';
  readonly body: Buffer;
  /** Spans, log records or series in it. */
  readonly items: number;
}

/** Waiting batches, in order, bounded in bytes. When it is full the oldest go first, and what goes is counted. */
export class SendQueue {
  readonly maxBytes: number;
  readonly #batches: Batch[] = [];
  #bytes = 0;
  readonly dropped = { traces: 0, logs: 0, metrics: 0 };

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#batches.length;
  }

  push(batch: Batch): void {
    this.#batches.push(batch);
    this.#bytes += batch.body.length;
    while (this.#bytes > this.maxBytes && this.#batches.length > 0) this.drop();
  }

  peek(): Batch | undefined {
    return this.#batches[0];
  }

  /** Removes `batch` if it still is the first: it may have been dropped while it was being sent. */
  sent(batch: Batch): void {
    if (this.#batches[0] !== batch) return;
    this.#batches.shift();
    this.#bytes -= batch.body.length;
  }

  /** Gives up the oldest batch. */
  drop(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    this.#bytes -= batch.body.length;
    this.dropped[batch.signal] += batch.items;
  }

  /** Everything was sent by other means. */
  clear(): void {
    this.#batches.length = 0;
    this.#bytes = 0;
  }

  all(): readonly Batch[] {
    return this.#batches;
  }
}
