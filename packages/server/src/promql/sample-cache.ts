import { availableMemory } from './available-memory.js';
import { type SharedSamples, bytesOf } from './shared-samples.js';

/** Samples that came for a metric, within some time. */
export interface TouchedMetric {
  readonly workspace: string;
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a question is told of the samples it needs. */
export type HeldSamples =
  /** They are not kept: read them. */
  | { readonly kind: 'none' }
  | { readonly kind: 'ready'; readonly entry: number; readonly version: number; readonly samples: SharedSamples }
  /** Read what is missing, and publish or release it. Until then others wait for it. */
  | {
      readonly kind: 'lease';
      readonly entry: number;
      readonly version: number;
      /** Undefined: nothing is there yet. */
      readonly samples: SharedSamples | undefined;
      /** From here on anything may have changed. */
      readonly cutMs: number;
      readonly mayOverwrite: boolean;
      readonly wantedFromMs: number;
      /** Larger ones are not kept. */
      readonly maxBytes: number;
    };

/** A question's wish: samples of a metric of its workspace, within some time. */
export interface WantedSamples {
  readonly workspace: string;
  readonly metric: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Those kept lack series: they are to be read as well. */
  readonly needsMore: boolean;
}

/** Facts for `/metrics` and the status. */
export interface CacheFacts {
  readonly maxBytes: number;
  readonly bytes: number;
  readonly entries: number;
  /** Selectors answered from memory alone, with some new samples read, and not from memory. */
  readonly hits: number;
  readonly refreshes: number;
  readonly misses: number;
  readonly evicted: number;
}

interface Entry {
  readonly id: number;
  readonly workspace: string;
  readonly metric: string;
  readonly fromMs: number;
  /** What the lease under way reads up to. */
  upToMs: number;
  samples: SharedSamples | undefined;
  bytes: number;
  version: number;
  /** Samples from here on were written since they were read. */
  dirtyFromMs: number;
  madeAtMs: number;
  usedAtMs: number;
  /** The earliest that was asked for in the last minutes, and in those before. */
  askedFromMs: number;
  askedBeforeFromMs: number;
  askedSinceMs: number;
  lease: { readonly task: number; dirtyFromMs: number; isWorth: boolean } | undefined;
  readonly users: Set<number>;
  readonly waiting: (() => void)[];
}

/** So many metrics are known to have been asked for; those asked for longest ago are forgotten. */
const maxSeen = 10_000;
/** Nobody asked for them. */
const unusedMs = 15 * 60_000;
/** What nobody told us of is gone from here after this. */
const oldestMs = 60 * 60_000;
const sweepMs = 10_000;
const dayMs = 86_400_000;
/** By so much a sender's clock may be ahead: its samples were received the day before. */
const aheadMs = 60 * 60_000;
/** Ranges of one metric that are kept side by side. */
const maxRanges = 3;
/** Less than this share of the machine's memory is left: half of what is kept goes. */
const leastFreeShare = 0.04;

/**
 * Samples of the metrics that are asked for again and again, decoded, for all threads that evaluate queries.
 *
 * What is kept is never behind the store: whoever stores samples says so (`touched`) when they can be seen and before the sender is told. From the
 * first of them on they are read again by the next question; what lies before is as it was. Who only reads can not tell a write that it does not
 * know of, so everything that takes rows away says so too (`clear`). Retention does so in its own time, from the day on that `days` says: what is
 * asked for from before is always read.
 *
 * A metric is kept when it is asked for the second time, or is small. The workspace that holds most gives way first, with what was used longest ago.
 */
export class SampleCache {
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #days: (workspace: string) => number;
  readonly #byMetric = new Map<string, Entry[]>();
  readonly #byId = new Map<number, Entry>();
  readonly #byTask = new Map<number, Set<Entry>>();
  readonly #seen = new Set<string>();
  /** Metrics without a single histogram. */
  readonly #plain = new Set<string>();
  #histogramWrites = 0;
  readonly #droppers = new Set<(entry: number) => void>();
  readonly #timer: NodeJS.Timeout;
  #lastId = 0;
  #bytes = 0;
  #hits = 0;
  #refreshes = 0;
  #misses = 0;
  #evicted = 0;

  /** `days`: for how many days the samples of a workspace are kept in the store, from the day on which they were received. */
  constructor(maxBytes: number, now: () => number = Date.now, days: (workspace: string) => number = () => Infinity) {
    this.#maxBytes = maxBytes;
    this.#days = days;
    this.#now = now;
    this.#timer = setInterval(() => this.sweep(), sweepMs).unref();
  }

  get facts(): CacheFacts {
    return {
      maxBytes: this.#maxBytes,
      bytes: this.#bytes,
      entries: this.#byId.size,
      hits: this.#hits,
      refreshes: this.#refreshes,
      misses: this.#misses,
      evicted: this.#evicted,
    };
  }

  /** Nothing is kept: what is written needs not be told. */
  get isEmpty(): boolean {
    return this.#byId.size === 0 && this.#plain.size === 0;
  }

  /** `drop` is told which entries no longer exist. */
  onDrop(drop: (entry: number) => void): () => void {
    this.#droppers.add(drop);
    return () => void this.#droppers.delete(drop);
  }

  /** Waits while another question reads the same. Ends with `none` when the question is over. */
  async hold(task: number, wanted: WantedSamples, isOver: () => boolean): Promise<HeldSamples> {
    if (this.#maxBytes === 0 || wanted.startMs < this.#edgeMs(wanted.workspace)) return { kind: 'none' };
    const key = keyOf(wanted);
    for (;;) {
      if (isOver()) return { kind: 'none' };
      const entry = this.#find(key, wanted);
      if (entry?.lease === undefined) return this.#given(task, key, entry, wanted);
      // Whoever asks second makes it worth keeping, but does not wait for the first, who may read much.
      if (!entry.lease.isWorth) {
        this.#misses++;
        return { kind: 'none' };
      }
      await new Promise<void>(resolve => entry.waiting.push(resolve));
    }
  }

  /** Samples of before may be taken out of the store at any time: all days before it are over their limit. */
  #edgeMs(workspace: string): number {
    const today = Math.floor(this.#now() / dayMs);
    return (today - this.#days(workspace) + 1) * dayMs + aheadMs;
  }

  #given(task: number, key: string, found: Entry | undefined, wanted: WantedSamples): HeldSamples {
    const { startMs, endMs, needsMore } = wanted;
    const nowMs = this.#now();
    if (found?.samples !== undefined) {
      found.usedAtMs = nowMs;
      noteStart(found, startMs, nowMs);
      const isCurrent = endMs <= found.samples.upToMs && endMs < found.dirtyFromMs && !needsMore;
      if (isCurrent) {
        this.#hits++;
        this.#uses(task, found);
        return { kind: 'ready', entry: found.id, version: found.version, samples: found.samples };
      }
    }
    const isSeen = this.#isSeen(key);
    if (found?.samples === undefined) this.#misses++;
    else this.#refreshes++;
    const entry = found ?? this.#made(key, wanted, nowMs);
    const mayOverwrite = entry.users.size === 0;
    this.#uses(task, entry);
    entry.lease = { task, dirtyFromMs: Infinity, isWorth: isSeen || entry.samples !== undefined };
    entry.upToMs = Math.max(entry.upToMs, endMs);
    const readUpToMs = entry.samples?.upToMs ?? entry.fromMs - 1;
    return {
      kind: 'lease',
      entry: entry.id,
      version: entry.version + 1,
      samples: entry.samples,
      cutMs: Math.max(entry.fromMs, Math.min(entry.dirtyFromMs, readUpToMs + 1)),
      mayOverwrite,
      wantedFromMs: Math.min(entry.askedFromMs, entry.askedBeforeFromMs),
      maxBytes: entry.lease.isWorth ? Math.floor(this.#maxBytes / 2) : smallBytes,
    };
  }

  /** The leased samples as they are now. */
  publish(task: number, id: number, samples: SharedSamples): void {
    const entry = this.#byId.get(id);
    const lease = entry?.lease;
    if (entry === undefined || lease?.task !== task) return;
    this.#bytes -= entry.bytes;
    entry.samples = samples;
    entry.bytes = bytesOf(samples);
    this.#bytes += entry.bytes;
    entry.version++;
    entry.upToMs = samples.upToMs;
    entry.dirtyFromMs = lease.dirtyFromMs;
    this.#endLease(entry);
    this.#dropCovered(entry);
    this.#shrink();
  }

  /** Nothing was made of the lease, and nothing was written over. */
  release(task: number, id: number): void {
    const entry = this.#byId.get(id);
    if (entry?.lease?.task !== task) return;
    if (entry.samples === undefined) this.#drop(entry);
    else this.#endLease(entry);
  }

  /** A question is over. What it had leased and said nothing of may be half written. */
  ended(task: number): void {
    for (const entry of this.#byTask.get(task) ?? []) {
      entry.users.delete(task);
      if (entry.lease?.task === task) this.#drop(entry);
    }
    this.#byTask.delete(task);
  }

  /** Samples were stored and can be seen. */
  touched({ workspace, metric, fromMs, toMs }: TouchedMetric): void {
    for (const entry of this.#byMetric.get(keyOf({ workspace, metric })) ?? []) {
      if (toMs < entry.fromMs) continue;
      entry.dirtyFromMs = Math.min(entry.dirtyFromMs, fromMs);
      if (entry.lease !== undefined) entry.lease.dirtyFromMs = Math.min(entry.lease.dirtyFromMs, fromMs);
    }
  }

  /** Whether a metric is known to have no histograms; `writes` is given to `plain` by who looks. */
  histograms(workspace: string, metric: string): { readonly isPlain: boolean; readonly writes: number } {
    return { isPlain: this.#plain.has(keyOf({ workspace, metric })), writes: this.#histogramWrites };
  }

  /** A metric had no histograms when so many writes of any were known. */
  plain(workspace: string, metric: string, writes: number): void {
    if (writes !== this.#histogramWrites || this.#maxBytes === 0) return;
    if (this.#plain.size >= maxSeen) this.#plain.clear();
    this.#plain.add(keyOf({ workspace, metric }));
  }

  touchedHistograms(touched: readonly Pick<TouchedMetric, 'workspace' | 'metric'>[]): void {
    this.#histogramWrites++;
    for (const one of touched) this.#plain.delete(keyOf(one));
  }

  /** Rows were taken away, or nobody knows what was written. */
  clear(): void {
    this.#histogramWrites++;
    this.#plain.clear();
    for (const entry of this.#byId.values()) this.#drop(entry);
  }

  /** Gives back what nobody asks for any more, and half of all when the machine's memory is short. */
  sweep(): void {
    const nowMs = this.#now();
    for (const entry of this.#byId.values()) {
      if (entry.lease !== undefined) continue;
      if (nowMs - entry.usedAtMs > unusedMs || nowMs - entry.madeAtMs > oldestMs) this.#drop(entry);
    }
    const { freeBytes, allBytes } = availableMemory();
    if (freeBytes < allBytes * leastFreeShare) this.giveBackHalf();
  }

  giveBackHalf(): void {
    this.#shrink(this.#bytes / 2);
  }

  close(): void {
    clearInterval(this.#timer);
    this.clear();
  }

  #find(key: string, { startMs }: WantedSamples): Entry | undefined {
    return this.#byMetric
      .get(key)
      ?.find(({ fromMs, upToMs, samples }) => (samples?.fromMs ?? fromMs) <= startMs && startMs <= upToMs + 1);
  }

  #made(key: string, { workspace, metric, startMs, endMs }: WantedSamples, nowMs: number): Entry {
    const entry: Entry = {
      id: ++this.#lastId,
      workspace,
      metric,
      fromMs: startMs,
      upToMs: endMs,
      samples: undefined,
      bytes: 0,
      version: 0,
      dirtyFromMs: Infinity,
      madeAtMs: nowMs,
      usedAtMs: nowMs,
      askedFromMs: startMs,
      askedBeforeFromMs: startMs,
      askedSinceMs: nowMs,
      lease: undefined,
      users: new Set(),
      waiting: [],
    };
    this.#byId.set(entry.id, entry);
    const there = this.#byMetric.get(key);
    if (there === undefined) this.#byMetric.set(key, [entry]);
    else there.push(entry);
    return entry;
  }

  #isSeen(key: string): boolean {
    const isSeen = this.#seen.delete(key);
    this.#seen.add(key);
    const [oldest] = this.#seen;
    if (this.#seen.size > maxSeen && oldest !== undefined) this.#seen.delete(oldest);
    return isSeen;
  }

  #uses(task: number, entry: Entry): void {
    entry.users.add(task);
    const used = this.#byTask.get(task);
    if (used === undefined) this.#byTask.set(task, new Set([entry]));
    else used.add(entry);
  }

  #endLease(entry: Entry): void {
    entry.lease = undefined;
    for (const resume of entry.waiting.splice(0)) resume();
  }

  /** Ranges that lie within a newer one, and those too many. */
  #dropCovered(kept: Entry): void {
    const all = this.#byMetric.get(keyOf(kept)) ?? [];
    const free = all.filter(({ lease }) => lease === undefined).toSorted((a, b) => a.usedAtMs - b.usedAtMs);
    let tooMany = all.length - maxRanges;
    for (const other of free) {
      if (other === kept) continue;
      const isCovered = other.fromMs >= kept.fromMs && other.upToMs <= kept.upToMs;
      if (!isCovered && tooMany <= 0) continue;
      this.#drop(other);
      tooMany--;
    }
  }

  #drop(entry: Entry): void {
    if (!this.#byId.delete(entry.id)) return;
    this.#bytes -= entry.bytes;
    const key = keyOf(entry);
    const left = (this.#byMetric.get(key) ?? []).filter(one => one !== entry);
    if (left.length === 0) this.#byMetric.delete(key);
    else this.#byMetric.set(key, left);
    this.#endLease(entry);
    for (const drop of this.#droppers) drop(entry.id);
  }

  #shrink(goalBytes = this.#maxBytes): void {
    while (this.#bytes > goalBytes) {
      const held = new Map<string, number>();
      for (const { workspace, bytes, lease } of this.#byId.values())
        if (lease === undefined) held.set(workspace, (held.get(workspace) ?? 0) + bytes);
      const [largest] = [...held].toSorted(([, a], [, b]) => b - a);
      const victim = [...this.#byId.values()]
        .filter(({ workspace, lease, bytes }) => workspace === largest?.[0] && lease === undefined && bytes > 0)
        .toSorted((a, b) => a.usedAtMs - b.usedAtMs)[0];
      if (victim === undefined) return;
      this.#evicted++;
      this.#drop(victim);
    }
  }
}

function noteStart(entry: Entry, startMs: number, nowMs: number): void {
  if (nowMs - entry.askedSinceMs > periodMs) {
    entry.askedBeforeFromMs = entry.askedFromMs;
    entry.askedFromMs = startMs;
    entry.askedSinceMs = nowMs;
  } else entry.askedFromMs = Math.min(entry.askedFromMs, startMs);
}

/** What was asked for so long ago is not asked for any more. */
const periodMs = 5 * 60_000;

/** Kept though asked for once. */
const smallBytes = 1 << 20;

/** A workspace's name has no line end. */
function keyOf({ workspace, metric }: { readonly workspace: string; readonly metric: string }): string {
  return `${workspace}\n${metric}`;
}
