import { setTimeout as sleep } from 'node:timers/promises';
import type { TableBytes } from '../handover/block-files.js';
import type { BlockQueue } from '../handover/block-queue.js';
import type { Batch } from '../decode/batch.js';
import type { PlacedCut, Position } from '../wal/recovery.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';

/** Where batches become a block's tables. */
export interface Builder {
  readonly rows: number;
  add(batch: Batch, at: { readonly workspace: string; readonly recordSeq: number; readonly receivedMs: number }): void;
  cut(): readonly TableBytes[];
}

export interface CutterDeps {
  readonly builder: Builder;
  readonly log: WriteAheadLog;
  readonly queue: BlockQueue;
  /** Makes the tables of a block from the log. */
  readonly rebuild: (cut: PlacedCut) => Promise<readonly TableBytes[]>;
  readonly maxRows?: number;
  readonly maxAgeMs?: number;
}

/** Past so many blocks in memory, new requests are answered 503: the disk is slower than the senders. */
const maxUnwritten = 4;

/**
 * Cuts what was received into blocks: every 50,000 rows, or a second after the first. A block's bounds are in the log before anybody else hears of it,
 * and bounds follow each other without a gap, so that a restart makes the same blocks again, under the same tokens.
 */
export class Cutter {
  readonly #deps: CutterDeps;
  readonly #maxRows: number;
  readonly #maxAgeMs: number;
  #first: Position | undefined;
  #lastSeq: number;
  #lastCutSeq: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #unwritten = 0;

  /** `lastCutSeq`: everything up to there is in a block already. */
  constructor(deps: CutterDeps, lastCutSeq: number) {
    this.#deps = deps;
    this.#maxRows = deps.maxRows ?? 50_000;
    this.#maxAgeMs = deps.maxAgeMs ?? 1000;
    this.#lastSeq = lastCutSeq;
    this.#lastCutSeq = lastCutSeq;
  }

  get pendingRows(): number {
    return this.#deps.builder.rows;
  }

  /** The last sequence number that was added. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  isBusy(): boolean {
    return this.#unwritten >= maxUnwritten;
  }

  /** Resolves when every block that was cut until now is with the queue. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Takes the batches of a request that the log has. In the order of sequence numbers. */
  add(
    batches: readonly Batch[],
    at: { workspace: string; recordSeq: number; receivedMs: number },
    position: Position,
  ): void {
    this.#first ??= position;
    this.#lastSeq = at.recordSeq;
    this.#timer ??= setTimeout(() => this.cut(), this.#maxAgeMs);
    for (const batch of batches) this.#deps.builder.add(batch, at);
    if (this.#deps.builder.rows >= this.#maxRows) void this.cut();
  }

  /** Cuts what is pending now. Resolves when this and every earlier block is with the queue. */
  cut(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#first === undefined) return this.#writing;
    const fromSeq = this.#lastCutSeq + 1;
    const toSeq = this.#lastSeq;
    const cut: PlacedCut = { fromSeq, toSeq, token: this.#deps.log.token(fromSeq, toSeq), position: this.#first };
    const tables = this.#deps.builder.cut();
    this.#first = undefined;
    this.#lastCutSeq = toSeq;
    this.#unwritten += 1;
    this.#writing = this.#writing.then(() => this.#write(cut, tables)).finally(() => (this.#unwritten -= 1));
    return this.#writing;
  }

  async #write(cut: PlacedCut, tables: readonly TableBytes[]): Promise<void> {
    // A full disk takes no cut; it is tried until there is room. A crash before it leaves no trace of this block, and none is needed.
    while ((await this.#deps.log.cut(cut)) === 'full') await sleep(250, undefined, { ref: false });
    await this.#deps.queue.push({ ...cut, rebuild: () => this.#deps.rebuild(cut) }, tables);
  }
}
