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

type Told = Pick<Rejection, 'atMs' | 'reason' | 'remedy' | 'count'> & {
  /** '' or absent when it is not known whose it is; `foretell` may have said it. */
  readonly workspace?: string;
  /** Asked for only when there is none yet. */
  readonly example?: () => string;
};

/**
 * The last refusals, one row per reason, sender and workspace, each with an example where there is one. The row that was quiet longest goes first.
 * Examples are somebody's data: they stand only in rows of whom they are.
 */
export class RejectionList {
  readonly #rows = new Map<string, Rejection>();
  /** What is about to be told, by reason and sender. */
  readonly #foretold = new Map<string, { readonly workspace: string; readonly example: () => string }[]>();

  add({ atMs, reason, remedy, count, workspace = '', example }: Told, { protocol, address, userAgent }: Origin): void {
    const sender = senderOf(address, userAgent);
    const foretold = workspace === '' ? this.#foretold.get(nameOf(protocol, reason, sender, ''))?.shift() : undefined;
    const whose = foretold?.workspace ?? workspace;
    const before = this.#rows.get(nameOf(protocol, reason, sender, whose));
    this.#put({
      atMs,
      protocol,
      reason,
      remedy,
      sender,
      count: (before?.count ?? 0) + count,
      workspace: whose,
      example: before?.example || (whose === '' ? '' : ((foretold?.example ?? example)?.() ?? '')),
    });
  }

  /**
   * Says whose the next rejection with this reason and sender is, and what it looks like. It is to follow in the same turn of the event loop: who answers
   * a request knows why, but not whose it was.
   */
  foretell(reason: string, { protocol, address, userAgent }: Origin, workspace: string, example: () => string): void {
    const name = nameOf(protocol, reason, senderOf(address, userAgent), '');
    if (this.#foretold.size === 0) setImmediate(() => this.#foretold.clear());
    const list = this.#foretold.get(name) ?? [];
    list.push({ workspace, example });
    this.#foretold.set(name, list);
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

function senderOf(address: string, userAgent: string): string {
  return [address, userAgent].filter(Boolean).join(' ').slice(0, 120);
}

function nameOf(protocol: string, reason: string, sender: string, workspace: string): string {
  return [protocol, reason, sender, workspace].join('\n');
}
