import { mkdirSync, statfsSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../base/log.js';
import { syncFolder } from '../base/private-file.js';
import { writeFully } from '../base/write-fully.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.js';
import { bodyFrame, cutFrame, seal } from './frame.js';
import type { Arrival, BodyRecord, Cut, FramePieces, LostRecord } from './frame.js';
import { forgetOld, setRecordAside } from './quarantine.js';
import { recover, tokenOf } from './recovery.js';
import type { KnownSegment, Position, Recovery } from './recovery.js';
import { newSegment, readSegment, segmentsIn } from './segment.js';
import type { Segment } from './segment.js';

export interface LogOptions {
  readonly folder: string;
  /** What all segments may take; past it `append` answers 'full'. */
  readonly maxBytes: number;
  readonly log: Log;
  /** Told after every group that reached the disk. */
  readonly onCommit?: (commit: { readonly records: number; readonly bytes: number; readonly seconds: number }) => void;
  /** What is saved with the store's position, as it is at that moment: plain data. The next start finds it in its `Recovery`. */
  readonly save?: () => unknown;
  /** Awaited before segments are deleted; when it rejects they stay, and it is tried again. */
  readonly beforeDelete?: () => Promise<void>;
  /** Told at the start of each request in the log that has a hash, also of those that are stored. */
  readonly seen?: (hash: Uint8Array, receivedMs: number) => void;
  /** The folder's disk; asked once a second at most. */
  readonly disk?: () => { readonly freeBytes: number; readonly sizeBytes: number };
  /** The clock of the quarantine, ms since 1970. */
  readonly now?: () => number;
}

/** 'full': nothing of it was kept, because the limit is reached or the disk does not take it. Ordinary; it passes. */
export type Kept = 'kept' | 'full';

export interface PlacedBody {
  readonly record: BodyRecord;
  readonly position: Position;
}

interface Waiting {
  readonly frame: (seq: number) => FramePieces;
  readonly isHeld: boolean;
  /** Of a cut: the last number it names. A body gets a number of its own. */
  readonly cutTo: number | undefined;
  readonly bytes: number;
  readonly kept: (seq: number, position: Position) => void;
  readonly settle: (kept: Kept) => void;
}

interface Active {
  readonly segment: Segment;
  readonly file: FileHandle;
  bytes: number;
  maxSeq: number;
  maxHeldSeq: number;
}

/** Positions up to which the store has everything. */
export interface StoredUpTo {
  /** Of records that are not held. */
  readonly seq?: number;
  /** Of held records. */
  readonly heldSeq?: number;
}

/** Under load a group gathers this long; a lone request never waits for it. */
const groupGapMs = 2;

/** Left free for block files and the engine, or a tenth of a small disk: a log that took the last byte could never be emptied. */
const reserveBytes = 256 << 20;

/** A position that could not be saved is tried again after so long. */
const checkpointPauseMs = 1000;

/** A group's requests are told one after the other for so long; then answers go out before the next. */
const tellMs = 2;

/** A request this large takes long to be told: rows are made of it. */
const largeBytes = 32 << 10;

/** Large requests of one group; at least one is taken. It bounds how long the next group waits. */
const maxGroupBytes = 1 << 20;

/**
 * The log that makes 2xx mean kept. All requests that wait share one write and one `fdatasync` (group commit), and are told in the order of their
 * sequence numbers. Old segments go when the store has everything they hold.
 */
export class WriteAheadLog {
  readonly id: string;
  readonly #options: LogOptions;
  readonly #segmentBytes: number;
  #sealed: KnownSegment[];
  #active: Active | undefined;
  #nextSegment: number;
  #nextSeq: number;
  #storedSeq: number;
  #heldStoredSeq: number;
  #bytes: number;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isCommitting = false;
  #committing: Promise<void> = Promise.resolve();
  #isCheckpointing = false;
  #checkpointing: Promise<void> = Promise.resolve();
  /** What the checkpoint on disk says. */
  #checkpointed: Required<StoredUpTo>;
  #lastGroup = { startedAt: -Infinity, records: 0 };
  #isRefused = false;
  #free = { isScarce: false, lookedAt: -Infinity };
  #wantsCheckpoint = false;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Opens the log in `options.folder`, makes the folder when it is missing, and says what was left in it. */
  static async open(options: LogOptions): Promise<{ readonly log: WriteAheadLog; readonly recovery: Recovery }> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    forgetOld(options.folder, (options.now ?? Date.now)());
    const checkpoint = await readCheckpoint(options.folder);
    const recovery = recover(options.folder, segmentsIn(options.folder), checkpoint, options.log, options.seen);
    await writeCheckpoint(options.folder, checkpoint);
    const log = new WriteAheadLog(options, checkpoint, recovery);
    // Not a checkpoint: what was saved with the last one is not read yet.
    log.#checkpointing = log.#deleteStored().catch((error: unknown) => log.#tryAgain(error));
    return { log, recovery };
  }

  private constructor(options: LogOptions, { logId, storedSeq, heldStoredSeq }: Checkpoint, recovery: Recovery) {
    this.id = logId;
    this.#options = options;
    this.#segmentBytes = Math.min(64 << 20, Math.max(64 << 10, Math.floor(options.maxBytes / 8)));
    this.#sealed = [...recovery.segments];
    this.#nextSegment = (recovery.segments.at(-1)?.segment.number ?? 0) + 1;
    this.#nextSeq = recovery.lastSeq + 1;
    this.#storedSeq = storedSeq;
    this.#heldStoredSeq = heldStoredSeq;
    this.#checkpointed = { seq: storedSeq, heldSeq: heldStoredSeq };
    this.#bytes = recovery.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** What the segments take on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Would a request be answered 'full' now? */
  get isFull(): boolean {
    return this.#isRefused || this.#bytes >= this.#options.maxBytes || this.#isScarce();
  }

  /** Is less than a quarter of it left? */
  get isNearlyFull(): boolean {
    return this.#bytes >= this.#options.maxBytes * 0.75;
  }

  /** The highest sequence number ever given. */
  get lastSeq(): number {
    return this.#nextSeq - 1;
  }

  get storedSeq(): number {
    return this.#storedSeq;
  }

  get heldStoredSeq(): number {
    return this.#heldStoredSeq;
  }

  /**
   * Writes a request and waits until the disk has it. `kept` is called then, before the promise settles, once per record and in the order of the
   * sequence numbers: whoever builds from the log sees the order that a replay will see.
   */
  append(arrival: Arrival, kept: (seq: number, position: Position) => void): Promise<Kept> {
    const bytes = arrival.body.length + 128 + arrival.workspace.length;
    if (this.#bytes + this.#waitingBytes + bytes > this.#options.maxBytes || this.#isScarce()) {
      return Promise.resolve('full');
    }
    const isHeld = arrival.isHeld === true;
    return this.#enqueue({ frame: seq => bodyFrame(seq, arrival), isHeld, cutTo: undefined, bytes, kept });
  }

  /** Records a block's bounds. The log's limit does not hold for it: a cut is what makes room again. */
  cut(cut: Cut): Promise<Kept> {
    const { decisions, toSeq: cutTo } = cut;
    const bytes = 64 + (decisions?.length ?? 0);
    return this.#enqueue({
      frame: () => cutFrame(cut),
      isHeld: decisions !== undefined,
      cutTo,
      bytes,
      kept: () => {},
    });
  }

  /** The token of the block with these bounds. */
  token(fromSeq: number, toSeq: number, isHeld = false): string {
    return tokenOf(this.id, fromSeq, toSeq, isHeld);
  }

  /**
   * The store has all bodies up to there: remembers it on disk, then deletes the segments that nobody needs any more. What is saved beside the
   * positions belongs to both, so both are told at once.
   */
  stored({ seq = 0, heldSeq = 0 }: StoredUpTo): void {
    if (seq <= this.#storedSeq && heldSeq <= this.#heldStoredSeq) return;
    this.#storedSeq = Math.max(this.#storedSeq, seq);
    this.#heldStoredSeq = Math.max(this.#heldStoredSeq, heldSeq);
    this.checkpoint();
  }

  /** Saves the store's position and what belongs to it soon, then deletes segments that nobody needs any more. */
  checkpoint(): void {
    this.#wantsCheckpoint = true;
    if (!this.#isCheckpointing && !this.#isClosed) this.#checkpointing = this.#checkpointAll();
  }

  /** Keeps a body for a person to look at, as damaged bytes are kept. */
  setAside(record: BodyRecord): void {
    setRecordAside(this.#options.folder, record.seq, record.body);
  }

  /** The intact bodies with `fromSeq <= seq <= toSeq`, read from disk, the first of them at or after `position`. `lost` is told of those that decayed. */
  *read(
    position: Position,
    fromSeq: number,
    toSeq: number,
    lost: (record: LostRecord, position: Position) => void = () => {},
  ): Generator<PlacedBody> {
    const segments = this.#sealed.map(({ segment }) => segment);
    if (this.#active !== undefined) segments.push(this.#active.segment);
    for (const segment of segments) {
      if (segment.number < position.segment) continue;
      for (const frame of readSegment(segment, segment.number === position.segment ? position.offset : 0)) {
        if (frame.kind === 'damaged') {
          const place = { segment: segment.number, offset: frame.offset };
          for (const record of frame.lost) if (record.seq >= fromSeq && record.seq <= toSeq) lost(record, place);
        }
        if (frame.kind !== 'record' || frame.record.kind !== 'body' || frame.record.seq < fromSeq) continue;
        if (frame.record.seq > toSeq) return;
        yield { record: frame.record, position: { segment: segment.number, offset: frame.offset } };
      }
    }
  }

  /** Waits for what is being written, then lets go of the files. Later appends are answered 'full'. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#committing;
    await this.#checkpointing;
    if (this.#options.save !== undefined) {
      this.#wantsCheckpoint = true;
      await this.#checkpointAll();
    }
    await this.#active?.file.close();
    this.#active = undefined;
  }

  #enqueue(waiting: Omit<Waiting, 'settle'>): Promise<Kept> {
    if (this.#isClosed) return Promise.resolve('full');
    return new Promise(settle => {
      this.#waiting.push({ ...waiting, settle });
      this.#waitingBytes += waiting.bytes;
      if (!this.#isCommitting) this.#committing = this.#commitAll();
    });
  }

  #isScarce(): boolean {
    const now = performance.now();
    if (now - this.#free.lookedAt > 1000) {
      const { freeBytes, sizeBytes } = (this.#options.disk ?? (() => diskOf(this.#options.folder)))();
      this.#free = { isScarce: freeBytes < Math.min(reserveBytes, sizeBytes / 10), lookedAt: now };
    }
    return this.#free.isScarce;
  }

  async #commitAll(): Promise<void> {
    this.#isCommitting = true;
    while (this.#waiting.length > 0) {
      const idleMs = performance.now() - this.#lastGroup.startedAt;
      if (this.#lastGroup.records > 1 && idleMs < groupGapMs) await sleep(groupGapMs - idleMs);
      const group = this.#nextGroup();
      const startedAt = performance.now();
      const kept = await this.#commit(group);
      this.#lastGroup = { startedAt, records: group.length };
      let told = 0;
      let toldSince = performance.now();
      for (const [index, waiting] of group.entries()) {
        // A large request must not hold up the answers of those before it.
        if (told > 0 && (waiting.bytes > largeBytes || performance.now() - toldSince > tellMs)) {
          await new Promise(resolve => setImmediate(resolve));
          told = 0;
          toldSince = performance.now();
        }
        const place = kept?.[index];
        if (place !== undefined) waiting.kept(place.seq, place.position);
        waiting.settle(place === undefined ? 'full' : 'kept');
        told += 1;
      }
    }
    // In the same breath as the last look at what waits: who comes now starts a new round.
    this.#isCommitting = false;
  }

  /**
   * The small ones first, then the large ones in the order they came, up to so many bytes: who waits together may be told in any order, and a small
   * request should not wait for what takes long. What is left is the next group's.
   */
  #nextGroup(): readonly Waiting[] {
    const small = this.#waiting.filter(({ bytes }) => bytes <= largeBytes);
    const group = small.toSorted((a, b) => a.bytes - b.bytes);
    let bytes = small.reduce((sum, waiting) => sum + waiting.bytes, 0);
    const left: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (waiting.bytes <= largeBytes) continue;
      if (left.length > 0 || (bytes > 0 && bytes + waiting.bytes > maxGroupBytes)) left.push(waiting);
      else {
        group.push(waiting);
        bytes += waiting.bytes;
      }
    }
    this.#waiting = left;
    this.#waitingBytes = left.reduce((sum, waiting) => sum + waiting.bytes, 0);
    return group;
  }

  /** Undefined when the disk did not take the group; the segment then ends where it ended before. */
  async #commit(
    group: readonly Waiting[],
  ): Promise<readonly { readonly seq: number; readonly position: Position }[] | undefined> {
    const startedAt = performance.now();
    let active: Active | undefined;
    try {
      active = await this.#writable();
      const places: { readonly seq: number; readonly position: Position }[] = [];
      const pieces: Uint8Array[] = [];
      let end = active.bytes;
      let { maxSeq, maxHeldSeq } = active;
      for (const waiting of group) {
        const seq = waiting.cutTo === undefined ? this.#nextSeq++ : 0;
        const named = waiting.cutTo ?? seq;
        if (waiting.isHeld) maxHeldSeq = Math.max(maxHeldSeq, named);
        else maxSeq = Math.max(maxSeq, named);
        const frame = waiting.frame(seq);
        places.push({ seq, position: { segment: active.segment.number, offset: end } });
        pieces.push(...seal(frame, active.segment.marker));
        end += frame.length;
      }
      await writeFully(active.file, pieces, active.bytes);
      await active.file.datasync();
      const bytes = end - active.bytes;
      this.#bytes += bytes;
      active.bytes = end;
      active.maxSeq = maxSeq;
      active.maxHeldSeq = maxHeldSeq;
      this.#isRefused = false;
      this.#options.onCommit?.({ records: group.length, bytes, seconds: (performance.now() - startedAt) / 1000 });
      return places;
    } catch (error) {
      if (!this.#isRefused) {
        this.#options.log.error(
          { err: error },
          'the disk does not take the write-ahead log; requests are answered 503 until it does',
        );
      }
      this.#isRefused = true;
      if (active !== undefined) await this.#undo(active);
      return undefined;
    }
  }

  /**
   * Takes back a group that may be half written, so that a request that was answered 503, and comes again, is not replayed too.
   * A segment where even that fails is left as it is, and not written to any more.
   */
  async #undo(active: Active): Promise<void> {
    try {
      await active.file.truncate(active.bytes);
      await active.file.datasync();
    } catch (error) {
      this.#options.log.error(
        { err: error, segment: active.segment.number },
        'a refused write could not be taken back',
      );
      await this.#seal();
    }
  }

  async #writable(): Promise<Active> {
    if (this.#active !== undefined && this.#active.bytes < this.#segmentBytes) return this.#active;
    await this.#seal();
    const segment = newSegment(this.#options.folder, this.#nextSegment++);
    const file = await open(segment.path, 'wx', 0o600);
    try {
      await syncFolder(this.#options.folder);
    } catch (error) {
      await file.close();
      await unlink(segment.path);
      throw error;
    }
    this.#active = { segment, file, bytes: 0, maxSeq: 0, maxHeldSeq: 0 };
    return this.#active;
  }

  async #seal(): Promise<void> {
    const active = this.#active;
    if (active === undefined) return;
    this.#active = undefined;
    const { segment, bytes, maxSeq, maxHeldSeq } = active;
    this.#sealed.push({ segment, bytes, maxSeq, maxHeldSeq });
    await active.file.close().catch(() => {});
  }

  async #checkpointAll(): Promise<void> {
    this.#isCheckpointing = true;
    while (this.#wantsCheckpoint) {
      this.#wantsCheckpoint = false;
      // Both at one moment: what is saved is the state as of this position.
      const storedSeq = this.#storedSeq;
      const heldStoredSeq = this.#heldStoredSeq;
      const saved = this.#options.save?.();
      try {
        await writeCheckpoint(this.#options.folder, { logId: this.id, storedSeq, heldStoredSeq, saved });
        this.#checkpointed = { seq: storedSeq, heldSeq: heldStoredSeq };
        await this.#deleteStored();
      } catch (error) {
        this.#tryAgain(error);
        break;
      }
    }
    this.#isCheckpointing = false;
  }

  #tryAgain(error: unknown): void {
    this.#options.log.warn({ err: error }, 'the position of the store could not be saved; it is tried again');
    if (this.#isClosed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.checkpoint(), checkpointPauseMs).unref();
  }

  /** Only after the checkpoint is on disk: sequence numbers must never start again in this log. */
  async #deleteStored(): Promise<void> {
    const { seq, heldSeq } = this.#checkpointed;
    const isGone = ({ maxSeq, maxHeldSeq }: KnownSegment): boolean => maxSeq <= seq && maxHeldSeq <= heldSeq;
    if (!this.#sealed.some(isGone)) return;
    await this.#options.beforeDelete?.();
    const gone = this.#sealed.filter(isGone);
    this.#sealed = this.#sealed.filter(segment => !isGone(segment));
    for (const { segment, bytes } of gone) {
      this.#bytes -= bytes;
      unlink(segment.path).catch((error: unknown) => {
        this.#options.log.warn({ err: error, segment: segment.number }, 'a stored segment could not be deleted');
      });
    }
  }
}

/** Endless where it can not be asked: the write itself will say. */
function diskOf(folder: string): { readonly freeBytes: number; readonly sizeBytes: number } {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
  } catch {
    return { freeBytes: Infinity, sizeBytes: Infinity };
  }
}
