import { setTimeout as sleep } from 'node:timers/promises';
import type { TableBytes } from '../handover/block-files.js';
import { addTo, BlockItems, type ItemCounts } from '../handover/block-items.js';
import type { BlockQueue, Rebuilt } from '../handover/block-queue.js';
import type { Batch } from '../decode/batch.js';
import { encodeDecisions } from '../sample/decisions.js';
import { keptOf, weightsByBatch } from '../sample/span-weights.js';
import type { PlacedCut, Position } from '../wal/recovery.js';
import type { WriteAheadLog } from '../wal/write-ahead-log.js';

/** Where batches become a block's tables. */
export interface Builder {
  readonly rows: number;
  /** `weights`: so many spans each span of the batch stands for; 0: it is counted and not stored. Absent: all are stored. */
  add(batch: Batch, at: RecordAt, weights?: Float32Array): void;
  cut(): readonly TableBytes[];
}

export interface RecordAt {
  readonly workspace: string;
  readonly recordSeq: number;
  readonly receivedMs: number;
}

export interface CutterDeps {
  readonly newBuilder: () => Builder;
  readonly log: WriteAheadLog;
  readonly queue: BlockQueue;
  /** Are its records those that are held? */
  readonly isHeld: boolean;
  /** Makes a block from the log, without what can not be made into rows. */
  readonly rebuild: (cut: PlacedCut) => Promise<Rebuilt>;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
  readonly maxRows?: number;
  readonly maxAgeMs?: number;
}

/** Past so many blocks in memory, new requests are answered 503: the disk is slower than the senders. */
const maxUnwritten = 4;

/**
 * Cuts what was received into blocks: every 100,000 rows, or a second after the first. Held records have a cutter of their own. A block's bounds are in the log before anybody else hears of it,
 * and bounds follow each other without a gap, so that a restart makes the same blocks again, under the same tokens.
 */
export class Cutter {
  readonly #deps: CutterDeps;
  readonly #maxRows: number;
  readonly #maxAgeMs: number;
  /** Made when the first batch comes: it takes memory, and most have no held records. */
  #builder: Builder | undefined;
  #items = new BlockItems();
  /** What was decided of held records, by their number. */
  #decisions = new Map<number, Float32Array>();
  /** Of blocks that are cut and not with the queue yet. */
  readonly #leaving = new Set<BlockItems>();
  #first: Position | undefined;
  #lastSeq: number;
  #lastCutSeq: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #unwritten = 0;

  /** `lastCutSeq`: everything up to there is in a block already. */
  constructor(deps: CutterDeps, lastCutSeq: number) {
    this.#deps = deps;
    this.#maxRows = deps.maxRows ?? 100_000;
    this.#maxAgeMs = deps.maxAgeMs ?? 1000;
    this.#lastSeq = lastCutSeq;
    this.#lastCutSeq = lastCutSeq;
  }

  get isHeld(): boolean {
    return this.#deps.isHeld;
  }

  get pendingRows(): number {
    return this.#builder?.rows ?? 0;
  }

  /** The last sequence number that was added. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  isBusy(): boolean {
    return this.#unwritten >= maxUnwritten;
  }

  /** Busy even for those who have hardly a part in it. */
  isOverfull(): boolean {
    return this.#unwritten >= 2 * maxUnwritten;
  }

  /** Resolves when every block that was cut until now is with the queue. */
  written(): Promise<void> {
    return this.#writing;
  }

  /** Items that are with no block of the queue yet. */
  pending(): readonly ItemCounts[] {
    return [this.#items, ...this.#leaving].map(({ came }) => came);
  }

  /**
   * Takes the batches of a request that the log has, in the order of sequence numbers. `rows` are the batches' rows in the ledger.
   * A batch that can not be made into rows costs its own items only. `weights`: what was decided of the spans of all batches, one after the other.
   */
  add(
    batches: readonly Batch[],
    at: RecordAt,
    rows: readonly number[],
    position: Position,
    weights?: Float32Array,
  ): void {
    this.#begin(at.recordSeq, position);
    const builder = (this.#builder ??= this.#deps.newBuilder());
    if (weights !== undefined) this.#decisions.set(at.recordSeq, weights);
    const decided = weightsByBatch(batches, weights);
    for (const [index, batch] of batches.entries()) {
      const row = rows[index] ?? 0;
      const kept = keptOf(batch, decided[index]);
      addTo(this.#items.came, row, batch.items);
      try {
        builder.add(batch, at, decided[index]);
        addTo(this.#items.built, row, kept);
        addTo(this.#items.sampledOut, row, batch.items - kept);
      } catch (error) {
        addTo(this.#items.bugs, row, batch.items);
        this.#deps.bug(error);
      }
    }
    if (builder.rows >= this.#maxRows) void this.cut();
  }

  /** Takes the place of a record that the log gives no more: decayed, or unreadable by an error of ours. */
  addLost(recordSeq: number, came: ItemCounts, why: 'corrupt' | 'bug', position: Position): void {
    this.#begin(recordSeq, position);
    for (const [row, items] of came) {
      addTo(this.#items.came, row, items);
      if (why === 'bug') addTo(this.#items.bugs, row, items);
    }
  }

  /** Cuts what is pending now. Resolves when this and every earlier block is with the queue. */
  cut(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#first === undefined) return this.#writing;
    const fromSeq = this.#lastCutSeq + 1;
    const toSeq = this.#lastSeq;
    const { log, isHeld } = this.#deps;
    const cut: PlacedCut = {
      fromSeq,
      toSeq,
      token: log.token(fromSeq, toSeq, isHeld),
      position: this.#first,
      ...(isHeld && { decisions: encodeDecisions(this.#decisions) }),
    };
    const items = this.#items;
    const tables = this.#tables();
    this.#first = undefined;
    this.#items = new BlockItems();
    this.#decisions = new Map();
    this.#leaving.add(items);
    this.#lastCutSeq = toSeq;
    this.#unwritten += 1;
    this.#writing = this.#writing.then(() => this.#write(cut, items, tables)).finally(() => (this.#unwritten -= 1));
    return this.#writing;
  }

  #begin(seq: number, position: Position): void {
    this.#first ??= position;
    this.#lastSeq = seq;
    this.#timer ??= setTimeout(() => this.cut(), this.#maxAgeMs);
  }

  /** Undefined when some record can not be encoded; the block is made from the log then, without that record. */
  #tables(): readonly TableBytes[] | undefined {
    try {
      return this.#builder?.cut() ?? [];
    } catch (error) {
      this.#deps.bug(error);
      this.#builder = undefined;
      return undefined;
    }
  }

  async #write(cut: PlacedCut, items: BlockItems, tables: readonly TableBytes[] | undefined): Promise<void> {
    // A full disk takes no cut; it is tried until there is room. A crash before it leaves no trace of this block, and none is needed.
    while ((await this.#deps.log.cut(cut)) === 'full') await sleep(250, undefined, { ref: false });
    this.#leaving.delete(items);
    const { queue, isHeld, rebuild } = this.#deps;
    await queue.push({ ...cut, isHeld, items, rebuild: () => rebuild(cut) }, tables);
  }
}
