import { z } from 'zod';
import type { Signal } from '../decode/batch.js';
import { addTo, type BlockItems, type ItemCounts } from '../handover/block-items.js';

/** Whose items, by which protocol, of which signal. */
export interface Account {
  readonly workspace: string;
  /** Name of the ingest key; '' where none is needed. */
  readonly key: string;
  readonly protocol: string;
  readonly signal: Signal;
}

/**
 * One account with its counts, in items as they were sent: spans, log records, data points, files.
 *
 *     received = stored + refused + dropped + duplicate + sampledOut + pending
 *
 * Each is counted where it happens. `received`: when a request was read so far that its items are known. `stored`: when the server said that the block
 * is in the store. `refused`: the sender was told. `dropped`: we had said yes. `pending`: in the log or in a block on its way.
 */
export interface LedgerRow extends Account {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly sampledOut: number;
  readonly pending: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  /** What senders say they lost before it reached us. No part of the equation. */
  readonly reported: Readonly<Record<string, number>>;
}

/** Requests that were answered with an error as a whole. Where their items were known, they count as `refused` too. */
export interface RefusedRequests {
  readonly protocol: string;
  readonly signal: Signal | '';
  readonly reason: string;
  readonly requests: number;
}

interface Counts {
  readonly account: Account;
  received: number;
  stored: number;
  duplicate: number;
  sampledOut: number;
  readonly refused: Map<string, number>;
  readonly dropped: Map<string, number>;
  readonly reported: Map<string, number>;
  /** Read, and neither in the log nor refused yet. */
  inHand: number;
}

/** Accounts beyond count together as `_other`: without keys anybody on this machine may invent workspaces. */
const maxRows = 1000;
const maxReasons = 50;
const other = '_other';

const counts = z.record(z.string(), z.number());
const savedRow = z.object({
  workspace: z.string(),
  key: z.string(),
  protocol: z.string(),
  signal: z.enum(['traces', 'logs', 'metrics', 'files']),
  received: z.number(),
  stored: z.number(),
  duplicate: z.number(),
  sampledOut: z.number(),
  refused: counts,
  dropped: counts,
  reported: counts,
});
const savedLedger = z.object({
  sinceMs: z.number(),
  rows: z.array(savedRow),
  requests: z.array(
    z.object({
      protocol: z.string(),
      signal: z.enum(['', 'traces', 'logs', 'metrics', 'files']),
      reason: z.string(),
      requests: z.number(),
    }),
  ),
});

/** The ledger as it is saved with the store's position: everything up to that position, and all refusals so far. */
export type SavedLedger = z.infer<typeof savedLedger>;

/**
 * The loss ledger: what came in, and what became of it. It survives restarts: `save` goes with the log's checkpoint, and what the log replays after it
 * counts again. Refusals and duplicates leave no record in the log; a crash forgets those since the last checkpoint (a second), on both sides of the equation.
 */
export class ItemLedger {
  #sinceMs: number;
  readonly #rows: Counts[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #requests = new Map<string, { protocol: string; signal: Signal | ''; reason: string; requests: number }>();
  #pending: () => readonly ItemCounts[] = () => [];
  /** Grows with every change. */
  changes = 0;
  /** Grows with changes that leave no record in the log: a crash forgets those that were not saved. */
  forgettable = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** Goes on from what was saved; anything else than that is no ledger, and begins a new one. Before the first item. */
  restore(saved: unknown): void {
    const parsed = savedLedger.safeParse(saved);
    if (!parsed.success) return;
    this.#sinceMs = parsed.data.sinceMs;
    for (const { workspace, key, protocol, signal, refused, dropped, reported, ...numbers } of parsed.data.rows) {
      const counts = this.#rows[this.row({ workspace, key, protocol, signal })];
      if (counts === undefined) continue;
      for (const name of ['received', 'stored', 'duplicate', 'sampledOut'] as const) counts[name] += numbers[name];
      for (const [reason, items] of Object.entries(refused)) count(counts.refused, reason, items);
      for (const [reason, items] of Object.entries(dropped)) count(counts.dropped, reason, items);
      for (const [reason, items] of Object.entries(reported)) count(counts.reported, reason, items);
    }
    for (const { protocol, signal, reason, requests } of parsed.data.requests)
      this.requestRefused(protocol, signal, reason, requests);
  }

  /** Who knows what is in the log and in blocks: read whenever the ledger is. */
  watch(pending: () => readonly ItemCounts[]): void {
    this.#pending = pending;
  }

  /** The number of an account's row, the same for as long as the process lives. */
  row(account: Account): number {
    const name = nameOf(account);
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#rows.length >= maxRows && account.workspace !== other)
      return this.row({ ...account, workspace: other, key: '' });
    const number = this.#rows.length;
    const { workspace, key, protocol, signal } = account;
    this.#rows.push({
      account: { workspace, key, protocol, signal },
      received: 0,
      stored: 0,
      duplicate: 0,
      sampledOut: 0,
      refused: new Map(),
      dropped: new Map(),
      reported: new Map(),
      inHand: 0,
    });
    this.#numbers.set(name, number);
    return number;
  }

  /** Items that were read from a request. One of `kept`, `refused` and `duplicate` follows for each. */
  arrived(row: number, items: number): void {
    const counts = this.#at(row);
    counts.received += items;
    counts.inHand += items;
    this.changes += 1;
  }

  /** The log has them, and a block: that counts them as pending from now on. */
  kept(row: number, items: number): void {
    this.#at(row).inHand -= items;
  }

  refused(row: number, reason: string, items: number): void {
    const counts = this.#at(row);
    counts.inHand -= items;
    count(counts.refused, reason, items);
    this.changes += 1;
    this.forgettable += 1;
  }

  /** They came again, and their sender heard what it would have heard the first time. */
  duplicate(row: number, items: number): void {
    const counts = this.#at(row);
    counts.inHand -= items;
    counts.duplicate += items;
    this.changes += 1;
    this.forgettable += 1;
  }

  /** Items of the log that a block will hold, counted again after a restart. */
  replayed(row: number, items: number): void {
    this.#at(row).received += items;
    this.changes += 1;
  }

  /** A request of which nothing was kept. */
  requestRefused(protocol: string, signal: Signal | '', reason: string, requests = 1): void {
    const name = [protocol, signal, reason].join('\n');
    const known = this.#requests.get(name);
    if (known !== undefined) known.requests += requests;
    else if (this.#requests.size < maxRows) this.#requests.set(name, { protocol, signal, reason, requests });
    this.changes += 1;
    this.forgettable += 1;
  }

  /** A sender says that it lost items before they came here. */
  reported(row: number, reason: string, items: number): void {
    count(this.#at(row).reported, reason, items);
    this.changes += 1;
    this.forgettable += 1;
  }

  /** The server has a block and all before it. What is neither in its files nor a bug decayed on the disk. */
  settle({ came, built, bugs, sampledOut, refused }: BlockItems): void {
    this.changes += 1;
    for (const [row, items] of came) {
      const counts = this.#at(row);
      const inFiles = built.get(row) ?? 0;
      const out = sampledOut.get(row) ?? 0;
      const bug = bugs.get(row) ?? 0;
      const byEngine = Math.min(refused.get(row) ?? 0, inFiles);
      const decayed = items - inFiles - out - bug;
      counts.stored += inFiles - byEngine;
      counts.sampledOut += out;
      if (bug > 0) count(counts.dropped, 'bug', bug);
      if (byEngine > 0) count(counts.dropped, 'engine', byEngine);
      if (decayed > 0) count(counts.dropped, 'corrupt', decayed);
    }
  }

  /** How much of what is pending is this workspace's, from 0 to 1. */
  pendingShare(workspace: string): number {
    let own = 0;
    let all = 0;
    for (const [row, items] of this.#pendingByRow()) {
      all += items;
      if (this.#rows[row]?.account.workspace === workspace) own += items;
    }
    return all === 0 ? 0 : own / all;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  rows(): readonly LedgerRow[] {
    const pending = this.#pendingByRow();
    return this.#rows.map(({ account, received, stored, duplicate, sampledOut, refused, dropped, reported }, row) => ({
      ...account,
      received,
      stored,
      duplicate,
      sampledOut,
      pending: pending.get(row) ?? 0,
      refused: Object.fromEntries(refused),
      dropped: Object.fromEntries(dropped),
      reported: Object.fromEntries(reported),
    }));
  }

  refusedRequests(): readonly RefusedRequests[] {
    return [...this.#requests.values()].map(entry => ({ ...entry }));
  }

  /** Without what is pending: the log replays that. */
  save(): SavedLedger {
    return {
      sinceMs: this.#sinceMs,
      rows: this.rows().map(({ pending, received, ...row }) => ({ ...row, received: received - pending })),
      requests: [...this.refusedRequests()],
    };
  }

  #pendingByRow(): ReadonlyMap<number, number> {
    const sums = new Map<number, number>();
    for (const [row, { inHand }] of this.#rows.entries()) addTo(sums, row, inHand);
    for (const part of this.#pending()) for (const [row, items] of part) addTo(sums, row, items);
    return sums;
  }

  #at(row: number): Counts {
    const counts = this.#rows[row];
    if (counts === undefined) throw new Error(`the ledger has no row ${row}`);
    return counts;
  }
}

function count(counts: Map<string, number>, reason: string, items: number): void {
  const name = counts.has(reason) || counts.size < maxReasons ? reason : other;
  counts.set(name, (counts.get(name) ?? 0) + items);
}

function nameOf({ workspace, key, protocol, signal }: Account): string {
  return `${workspace}\n${key}\n${protocol}\n${signal}`;
}
