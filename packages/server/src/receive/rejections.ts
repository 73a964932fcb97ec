import { z } from 'zod';
import type { Rejection } from '../handover/messages.js';
import type { Origin } from './ledger.js';

const maxRows = 50;

const savedRows = z
  .array(
    z.object({
      atMs: z.number(),
      protocol: z.string(),
      reason: z.string(),
      remedy: z.string(),
      sender: z.string(),
      count: z.number(),
      workspace: z.string(),
      example: z.string(),
    }),
  )
  .max(maxRows);

/** The last refusals, one row per reason and sender, each with an example where there is one. The row that was quiet longest goes first. */
export class RejectionList {
  readonly #rows = new Map<string, Rejection>();
  /** By protocol and reason: for rows that exist, and for those about to be added. */
  readonly #examples = new Map<string, string>();

  add(
    {
      atMs,
      reason,
      remedy,
      count,
      workspace = '',
    }: Pick<Rejection, 'atMs' | 'reason' | 'remedy' | 'count'> & Partial<Pick<Rejection, 'workspace'>>,
    origin: Origin,
  ): void {
    const sender = [origin.address, origin.userAgent].filter(Boolean).join(' ').slice(0, 120);
    const before = this.#rows.get(nameOf(origin.protocol, reason, sender, workspace));
    const example = this.#examples.get(`${origin.protocol}\n${reason}`) ?? before?.example ?? '';
    const { protocol } = origin;
    this.#put({ atMs, protocol, reason, remedy, sender, count: (before?.count ?? 0) + count, workspace, example });
  }

  /** What the next rejections with this reason look like; `text` is asked for only when there is no example yet. */
  example(protocol: string, reason: string, text: () => string): void {
    const name = `${protocol}\n${reason}`;
    if (this.#examples.has(name)) return;
    this.#examples.set(name, text());
    if (this.#examples.size > maxRows) this.#examples.delete(this.#examples.keys().next().value ?? '');
  }

  newestFirst(): readonly Rejection[] {
    return [...this.#rows.values()].toReversed();
  }

  /** What `newestFirst` gave in an earlier run; anything else is left out. */
  restore(saved: unknown): void {
    const rows = savedRows.safeParse(saved);
    for (const row of rows.success ? rows.data.toReversed() : []) this.#put(row);
  }

  #put(row: Rejection): void {
    const name = nameOf(row.protocol, row.reason, row.sender, row.workspace);
    // Deleted and set again, so that the map's order is the order of the last time.
    this.#rows.delete(name);
    this.#rows.set(name, row);
    if (this.#rows.size > maxRows) this.#rows.delete(this.#rows.keys().next().value ?? '');
  }
}

function nameOf(protocol: string, reason: string, sender: string, workspace: string): string {
  return [protocol, reason, sender, workspace].join('\n');
}
