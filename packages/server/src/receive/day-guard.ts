import { Refusal } from '../base/refusal.js';
import type { Batch } from '../decode/batch.js';
import { addFarDays } from '../decode/item-days.js';

const dayMs = 86_400_000;

/** Days around now that everybody's data is of; they are not counted. */
const nearMs = { before: 2 * dayMs, after: 1 * dayMs };

export interface DayLimits {
  /** Other days in one request. */
  readonly perRequest: number;
  /** Other days that all requests of a workspace may be of within `windowMs`. */
  readonly perWindow: number;
  /** The same, of all workspaces together. */
  readonly perWindowOfAll: number;
  /** Different days of a workspace since the start. */
  readonly perWorkspace: number;
  readonly windowMs: number;
}

export const defaultDayLimits: DayLimits = {
  perRequest: 100,
  perWindow: 100,
  perWindowOfAll: 400,
  perWorkspace: 4000,
  windowMs: 10_000,
};

const maxWorkspaces = 1000;

/**
 * Keeps the days of what comes in few. The store has a partition for each day of a table, and a block is written to as many as it has days: items of
 * ten thousand different days, in one block, would be ten thousand parts. Old and future data is taken, but not of all days at one time.
 */
export class DayGuard {
  readonly #limits: DayLimits;
  readonly #now: () => number;
  readonly #known = new Map<string, Set<number>>();
  #window: { endsAtMs: number; readonly all: Set<string>; readonly of: Map<string, Set<number>> };

  constructor(now: () => number, limits = defaultDayLimits) {
    this.#now = now;
    this.#limits = limits;
    this.#window = { endsAtMs: 0, all: new Set(), of: new Map() };
  }

  /** Throws a `Refusal` when these batches are of too many days: 400 when they are by themselves, 429 when others were before. */
  check(workspace: string, batches: readonly Batch[]): void {
    const nowMs = this.#now();
    const { perRequest, perWindow, perWindowOfAll, perWorkspace, windowMs } = this.#limits;
    const days = new Set<number>();
    const near = { fromMs: nowMs - nearMs.before, toMs: nowMs + nearMs.after };
    for (const batch of batches) addFarDays(batch, near, days, perRequest + 1);
    if (days.size === 0) return;
    if (days.size > perRequest) {
      throw new Refusal(`the items of the request are of more than ${perRequest} days far from today`, {
        status: 400,
        reason: 'too-many-days',
        remedy: 'Send old data in the order of its time, a few days with each request; check the clock of the sender',
      });
    }
    const known = this.#known.get(workspace) ?? new Set();
    if (known.size + countNew(days, known) > perWorkspace) {
      throw new Refusal(`the workspace sent data of more than ${perWorkspace} days far from today`, {
        status: 400,
        reason: 'too-many-days',
        remedy: 'Check the clocks of the senders; after a restart of the receiver days are counted anew',
      });
    }
    if (nowMs >= this.#window.endsAtMs || nowMs < this.#window.endsAtMs - windowMs)
      this.#window = { endsAtMs: nowMs + windowMs, all: new Set(), of: new Map() };
    const { all, of } = this.#window;
    const own = of.get(workspace) ?? new Set();
    const fresh = countNew(days, own);
    if (own.size + fresh > perWindow || all.size + fresh > perWindowOfAll) {
      throw new Refusal('too many different days far from today come in at this moment', {
        status: 429,
        reason: 'too-many-days',
        remedy: 'Send old data in the order of its time',
        retryAfterSeconds: Math.max(1, Math.ceil((this.#window.endsAtMs - nowMs) / 1000)),
      });
    }
    for (const day of days) {
      own.add(day);
      known.add(day);
      all.add(`${workspace}\n${day}`);
    }
    of.set(workspace, own);
    if (!this.#known.has(workspace) && this.#known.size >= maxWorkspaces)
      this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(workspace, known);
  }
}

function countNew(days: ReadonlySet<number>, known: ReadonlySet<number>): number {
  let count = 0;
  for (const day of days) if (!known.has(day)) count += 1;
  return count;
}
