import type { Batch, Signal } from './batch.js';
import type { Losses, LossReason } from './losses.js';
import { SendQueue } from './send-queue.js';
import type { Spool, Taken } from './spool.js';

/** While a destination is away, what waits in memory is moved to disk at this size, or after this time. */
const spillBytes = 256 * 1024;
const spillEveryMs = 10_000;

export interface OutboxDeps {
  readonly maxBytes: number;
  /** Undefined: memory only. */
  readonly spool: Spool | undefined;
  readonly losses: Losses;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}

/** A precious batch's file, and its name as soon as it is written. */
interface OwnFile {
  readonly written: Promise<string | undefined>;
  name: string | undefined;
}

function ownFile(writing: Promise<string | undefined>): OwnFile {
  const file: OwnFile = {
    name: undefined,
    written: writing.then(name => {
      file.name = name;
      return name;
    }),
  };
  return file;
}

function isPrecious(batch: Batch): boolean {
  return batch.isPrecious === true;
}

/**
 * All that waits for one destination: batches in memory and, beyond these, on disk. Precious batches are on disk before they are sent. While the destination is away everything
 * moves to disk; what finds no room there stays in memory until that is full too.
 */
export class Outbox {
  readonly queue: SendQueue;
  readonly #deps: OutboxDeps;
  /** The files of precious batches that are still in memory. */
  readonly #files = new Map<Batch, OwnFile>();
  /** Batches that are being written to disk are not to be sent meanwhile. */
  readonly #moving = new Set<Batch>();
  /** What is sent next: the batches of a file, or the halves of one that was too large. */
  #hand: { readonly file: Taken | undefined; readonly batches: Batch[] } | undefined;
  #isAway = false;
  #spilledMs = 0;
  #spilling: Promise<void> = Promise.resolve();

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.queue = new SendQueue(deps.maxBytes);
  }

  get isEmpty(): boolean {
    return this.queue.size === 0 && this.#hand === undefined && (this.#deps.spool?.files ?? 0) === 0;
  }

  get spooledBytes(): number {
    return this.#deps.spool?.bytes ?? 0;
  }

  push(batch: Batch): void {
    const { spool, losses } = this.#deps;
    for (const gone of this.queue.push(batch)) this.#dropped(gone, losses, 'full');
    if (spool !== undefined && isPrecious(batch) && !this.#isAway && this.queue.has(batch))
      this.#files.set(batch, ownFile(spool.write([batch], true)));
    if (this.#isAway) this.#spill(false);
  }

  /** What is to be sent now, undefined when nothing waits. It stays where it is until `done`. */
  async next(): Promise<Batch | undefined> {
    const { spool } = this.#deps;
    if (this.#hand === undefined && spool !== undefined) {
      if (this.#moving.size > 0) await this.#spilling;
      const precious = this.queue.peekPrecious();
      const file = await spool.take(precious !== undefined);
      if (file !== undefined) this.#hand = { file, batches: [...file.batches] };
    }
    if (this.#hand !== undefined) return this.#hand.batches[0];
    const batch = this.queue.peek();
    if (batch === undefined) return undefined;
    await this.#files.get(batch)?.written;
    return this.queue.has(batch) ? batch : this.queue.peek();
  }

  /** It was delivered, or is lost for the `reason` given. */
  done(batch: Batch, lost?: LossReason): void {
    if (lost !== undefined) this.#deps.losses.count(batch.signal, batch.items, lost);
    if (this.#hand?.batches[0] === batch) {
      this.#hand.batches.shift();
      if (this.#hand.batches.length > 0) return;
      const { file } = this.#hand;
      this.#hand = undefined;
      if (file !== undefined) void this.#deps.spool?.remove(file.name);
      return;
    }
    if (this.queue.remove(batch)) this.#forgetFile(batch);
  }

  /** Some items of a batch that was delivered otherwise. */
  lost(signal: Signal, items: number, reason: LossReason): void {
    this.#deps.losses.count(signal, items, reason);
  }

  /** What becomes of telemetry while the destination is away, for the operator. */
  get keeping(): string {
    const inMemory = `up to ${megabytes(this.#deps.maxBytes)}`;
    const { spool } = this.#deps;
    const onDisk = spool === undefined ? '' : ` in memory and ${megabytes(spool.maxBytes)} on disk`;
    return `telemetry is kept ${inMemory}${onDisk} and then the oldest is dropped`;
  }

  /** `parts` take the place of the batch that is being sent. */
  replace(batch: Batch, parts: readonly Batch[]): void {
    if (this.#hand?.batches[0] === batch) {
      this.#hand.batches.splice(0, 1, ...parts);
      return;
    }
    if (!this.queue.remove(batch)) return;
    this.#forgetFile(batch);
    this.#hand = { file: undefined, batches: [...parts] };
  }

  /** Whether the destination takes anything at present. */
  setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    if (isAway) this.#spill(true);
  }

  /** Moves what waits in memory to disk, for a process that ends while its destination is away. */
  async settle(): Promise<void> {
    if (this.#deps.spool === undefined) return;
    this.#spill(true);
    await this.#spilling;
  }

  /** What is to be sent by a process that ends. */
  inMemory(): readonly Batch[] {
    const split = this.#hand?.file === undefined ? (this.#hand?.batches ?? []) : [];
    return [...split, ...this.queue.all()];
  }

  /** The process ends: what is in memory was delivered by other means, or goes to disk now. */
  end(isDelivered: boolean): void {
    const { spool, losses } = this.#deps;
    const files = new Map(this.queue.all().map(batch => [batch, this.#files.get(batch)?.name]));
    if (isDelivered) {
      for (const name of files.values()) if (name !== undefined) spool?.removeNow(name);
    } else {
      const unsafe = this.inMemory().filter(batch => files.get(batch) === undefined);
      const [precious, others] = [unsafe.filter(isPrecious), unsafe.filter(batch => !isPrecious(batch))];
      for (const some of [precious, others])
        if (spool?.writeNow(some) !== true) for (const { signal, items } of some) losses.count(signal, items, 'full');
    }
    for (const batch of this.queue.all()) this.queue.remove(batch);
    this.#files.clear();
    if (this.#hand?.file === undefined) this.#hand = undefined;
  }

  #spill(atOnce: boolean): void {
    const { spool } = this.#deps;
    if (spool === undefined) return;
    const waiting = this.queue.all().filter(batch => !this.#moving.has(batch));
    if (waiting.length === 0) return;
    const bytes = waiting.reduce((sum, batch) => sum + batch.body.length, 0);
    if (!atOnce && bytes < spillBytes && performance.now() - this.#spilledMs < spillEveryMs) return;
    this.#spilledMs = performance.now();
    for (const batch of waiting) this.#moving.add(batch);
    this.#spilling = this.#spilling.then(() => this.#move(waiting));
  }

  async #move(waiting: readonly Batch[]): Promise<void> {
    try {
      for (const wanted of [true, false]) {
        const some = waiting.filter(batch => isPrecious(batch) === wanted && this.queue.has(batch));
        if (some.length === 0) continue;
        if ((await this.#deps.spool?.write(some, false)) === undefined) continue;
        for (const batch of some) if (this.queue.remove(batch)) this.#forgetFile(batch);
      }
    } finally {
      for (const batch of waiting) this.#moving.delete(batch);
    }
  }

  #dropped(batch: Batch, losses: Losses, reason: LossReason): void {
    losses.count(batch.signal, batch.items, reason);
    this.#forgetFile(batch);
  }

  #forgetFile(batch: Batch): void {
    const file = this.#files.get(batch);
    this.#files.delete(batch);
    void file?.written.then(name => (name === undefined ? undefined : this.#deps.spool?.remove(name)));
  }
}
