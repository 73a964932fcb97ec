import type { Rejection } from '../handover/messages.js';
import type { Origin } from './ledger.js';

const maxRows = 50;

/** The last refusals, one row per reason and sender. The row that was quiet longest goes first. */
export class RejectionList {
  readonly #rows = new Map<string, Rejection>();

  add({ atMs, reason, remedy, count }: Pick<Rejection, 'atMs' | 'reason' | 'remedy' | 'count'>, origin: Origin): void {
    const sender = [origin.address, origin.userAgent].filter(Boolean).join(' ').slice(0, 120);
    const key = `${origin.protocol}\n${reason}\n${sender}`;
    const before = this.#rows.get(key)?.count ?? 0;
    // Deleted and set again, so that the map's order is the order of the last time.
    this.#rows.delete(key);
    this.#rows.set(key, { atMs, protocol: origin.protocol, reason, remedy, sender, count: before + count });
    if (this.#rows.size > maxRows) this.#rows.delete(this.#rows.keys().next().value ?? '');
  }

  newestFirst(): readonly Rejection[] {
    return [...this.#rows.values()].toReversed();
  }
}
