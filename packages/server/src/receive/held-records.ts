import type { Batch } from '../decode/batch.js';
import { addTo, type ItemCounts } from '../handover/block-items.js';
import type { Position } from '../wal/recovery.js';
import type { Cutter, RecordAt } from './cutter.js';

export interface HeldRecordsDeps {
  /** The cutter of held records. */
  readonly cutter: Cutter;
  /** What is decided now of a record's spans. */
  readonly decide: (workspace: string, batches: readonly Batch[]) => Float32Array;
  /** Told of batches whose columns nobody reads any more. */
  readonly release: (batches: readonly Batch[]) => void;
  readonly holdMs: number;
  /** Past it the oldest are decided before their time. */
  readonly maxBytes: number;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
}

interface Held {
  readonly batches: readonly Batch[];
  readonly at: RecordAt;
  readonly rows: readonly number[];
  readonly position: Position;
  readonly bytes: number;
  readonly untilMs: number;
}

/** Rows are made for so long at a time; then whoever waits has its turn. */
const sliceMs = 5;

/** The disk is behind: what waits goes on waiting for so long. */
const busyMs = 250;

/** What a record takes besides its bytes. */
const overheadBytes = 500;

/**
 * Records that wait until their traces are decided, in the order in which they came. Each waits equally long, so that all of the first record's traces
 * have been seen for that long when it is decided, with all that is known then. The log has them; here they are in memory, and that is bounded.
 */
export class HeldRecords {
  readonly #deps: HeldRecordsDeps;
  #held: (Held | undefined)[] = [];
  /** Those before it are gone; the list is shortened now and then. */
  #first = 0;
  #bytes = 0;
  readonly #items = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** Records that were decided before their time, for want of memory. */
  early = 0;

  constructor(deps: HeldRecordsDeps) {
    this.#deps = deps;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#held.length - this.#first;
  }

  isBusy(): boolean {
    return this.#deps.cutter.isBusy();
  }

  /** Items that wait here. */
  pending(): readonly ItemCounts[] {
    return [this.#items];
  }

  /** Takes the batches of a request that the log has, in the order of sequence numbers. They are this object's until they are released. */
  add(batches: readonly Batch[], at: RecordAt, rows: readonly number[], position: Position): void {
    const own = batches.map(withOwnBody);
    const bytes = own.reduce((sum, batch) => sum + bytesOf(batch), overheadBytes);
    for (const [index, { items }] of own.entries()) addTo(this.#items, rows[index] ?? 0, items);
    this.#held.push({ batches: own, at, rows, position, bytes, untilMs: performance.now() + this.#deps.holdMs });
    this.#bytes += bytes;
    while (this.#bytes > this.#deps.maxBytes && this.length > 0) {
      this.early += 1;
      this.#releaseFirst();
    }
    this.#arm();
  }

  /** Decides all that waits now, by what is known. */
  async releaseAll(): Promise<void> {
    let until = performance.now() + sliceMs;
    for (let count = this.length; count > 0 && this.length > 0; count--) {
      this.#releaseFirst();
      if (performance.now() < until) continue;
      await new Promise(resolve => setImmediate(resolve));
      until = performance.now() + sliceMs;
    }
  }

  /** What still waits is replayed from the log at the next start. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #arm(leastMs = 20): void {
    const first = this.#held[this.#first];
    if (this.#timer !== undefined || this.#isStopped || first === undefined) return;
    const pauseMs = Math.max(leastMs, first.untilMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#releaseDue();
    }, pauseMs).unref();
  }

  #releaseDue(): void {
    const startedAtMs = performance.now();
    if (this.isBusy()) return this.#arm(busyMs);
    for (let first = this.#held[this.#first]; first !== undefined; first = this.#held[this.#first]) {
      if (first.untilMs > startedAtMs || performance.now() - startedAtMs > sliceMs) break;
      this.#releaseFirst();
    }
    this.#arm();
  }

  #releaseFirst(): void {
    const first = this.#held[this.#first];
    if (first === undefined) return;
    this.#held[this.#first] = undefined;
    this.#first += 1;
    if (this.#first > 1000 && this.#first * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    const { batches, at, rows, position, bytes } = first;
    this.#bytes -= bytes;
    for (const [index, { items }] of batches.entries()) addTo(this.#items, rows[index] ?? 0, -items);
    this.#deps.cutter.add(batches, at, rows, position, this.#decided(first));
    this.#deps.release(batches);
  }

  /** Undefined, which keeps everything, when it can not be decided. */
  #decided({ at, batches }: Held): Float32Array | undefined {
    try {
      return this.#deps.decide(at.workspace, batches);
    } catch (error) {
      this.#deps.bug(error);
      return undefined;
    }
  }
}

/** The request's bytes lie in memory that is used again after its answer. */
function withOwnBody(batch: Batch): Batch {
  return 'body' in batch && batch.body instanceof Uint8Array
    ? Object.assign({}, batch, { body: new Uint8Array(batch.body) })
    : batch;
}

function bytesOf(batch: Batch): number {
  let bytes = overheadBytes;
  for (const column of Object.values(batch)) if (ArrayBuffer.isView(column)) bytes += column.buffer.byteLength;
  return bytes;
}
