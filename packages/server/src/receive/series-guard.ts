import type { Overflow } from '../handover/messages.js';

/** What the series of a metric may number. */
export interface SeriesLimits {
  /** Of one metric in one workspace. */
  readonly perMetric: number;
  /** Of all metrics of one workspace. */
  readonly perWorkspace: number;
}

interface Generation {
  readonly seen: Set<number>;
  readonly countOf: Map<string, number>;
  total: number;
}

/** A series that was not seen for this long, at least, makes room for another. */
const generationMs = 6 * 3_600_000;

/** Without keys anybody on this machine may invent workspaces: beyond so many one is forgotten. */
const maxWorkspaces = 1000;

/** Overflows that are remembered for the page. */
const maxOverflows = 200;

/**
 * Who has exploded: counts the series of every metric and says which are too many. A series is known by a hash of its bytes; what was seen within the
 * last six to twelve hours counts. Memory is bounded by the limits themselves.
 */
export class SeriesGuard {
  readonly #limits: SeriesLimits;
  readonly #now: () => number;
  readonly #workspaces = new Map<
    string,
    { readonly previous: Generation; readonly current: Generation; sinceMs: number }
  >();
  readonly #overflows = new Map<string, Overflow>();

  /** Points that did not get a series of their own, all together. */
  overflowPoints = 0;

  constructor(limits: SeriesLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** May this series have points of its own? `hash` stands for all that tells it apart. */
  admits(workspace: string, metric: string, hash: number): boolean {
    const { previous, current } = this.#generations(workspace);
    if (current.seen.has(hash)) return true;
    const isOld = previous.seen.has(hash);
    // What moves over from the generation before is no new series.
    const ofMetric = Math.max(current.countOf.get(metric) ?? 0, isOld ? 0 : (previous.countOf.get(metric) ?? 0));
    const ofAll = Math.max(current.total, isOld ? 0 : previous.total);
    const limit =
      ofMetric >= this.#limits.perMetric
        ? this.#limits.perMetric
        : ofAll >= this.#limits.perWorkspace
          ? this.#limits.perWorkspace
          : undefined;
    if (limit !== undefined) {
      this.#overflowed(workspace, metric, limit);
      return false;
    }
    current.seen.add(hash);
    current.countOf.set(metric, (current.countOf.get(metric) ?? 0) + 1);
    current.total += 1;
    return true;
  }

  /** The metrics that have too many series, the latest first. */
  overflows(): readonly Overflow[] {
    return [...this.#overflows.values()].toReversed();
  }

  /** Series that are known now, over all workspaces. */
  get series(): number {
    let total = 0;
    for (const { current } of this.#workspaces.values()) total += current.total;
    return total;
  }

  #overflowed(workspace: string, metric: string, limit: number): void {
    const key = `${workspace}\n${metric}`;
    const points = (this.#overflows.get(key)?.points ?? 0) + 1;
    this.overflowPoints += 1;
    // Deleted and set again, so that the map's order is the order of the last time.
    this.#overflows.delete(key);
    this.#overflows.set(key, { workspace, metric, limit, points, lastAtMs: this.#now() });
    if (this.#overflows.size > maxOverflows) this.#overflows.delete(this.#overflows.keys().next().value ?? '');
  }

  #generations(workspace: string): { readonly previous: Generation; readonly current: Generation } {
    const now = this.#now();
    const found = this.#workspaces.get(workspace);
    if (found !== undefined && now - found.sinceMs < generationMs) return found;
    const made = { previous: found?.current ?? empty(), current: empty(), sinceMs: now };
    if (found === undefined && this.#workspaces.size >= maxWorkspaces)
      this.#workspaces.delete(this.#workspaces.keys().next().value ?? '');
    this.#workspaces.set(workspace, made);
    return made;
  }
}

const empty = (): Generation => ({ seen: new Set(), countOf: new Map(), total: 0 });

/** FNV-1a twice, over different seeds: 52 bits of a hash of bytes that goes on from `from`. */
export function seriesHash(from: number, bytes: Uint8Array, at: number, length: number): number {
  let low = (from | 0) ^ 0x811c_9dc5;
  let high = Math.floor(from / 0x1_0000_0000) ^ 0x01b3_1b3d;
  for (let i = at; i < at + length; i++) {
    low = Math.imul(low ^ bytes[i]!, 0x0100_0193);
    high = Math.imul(high ^ bytes[i]!, 0x0100_01b3) + low;
  }
  low = Math.imul(low ^ length, 0x0100_0193);
  return ((high >>> 12) & 0xf_ffff) * 0x1_0000_0000 + (low >>> 0);
}
