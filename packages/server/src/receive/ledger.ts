import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Signal } from '../decode/batch.js';
import type { Rejection, Sender, SignalCounts, WorkspaceSignals } from '../handover/messages.js';
import type { Protocol } from './protocol.js';
import { ItemLedger, type Account, type LedgerRow } from './item-ledger.js';
import { RejectionList } from './rejections.js';
import { SenderList } from './senders.js';

/** Who sent a request, for the doctor: an address and what the program calls itself. */
export interface Origin {
  readonly protocol: Protocol;
  readonly address: string;
  readonly userAgent: string;
}

export interface AcceptedRequest {
  readonly signal: Signal;
  readonly items: number;
  readonly rejected: number;
  readonly rejectedReason: string;
  readonly service: string;
  readonly newestMs: number | undefined;
  readonly receivedMs: number;
  /** Whose it is; '' when that is not known. */
  readonly workspace?: string;
  /** What the rejected items look like. */
  readonly example?: () => string;
}

export interface RefusedRequest {
  readonly signal: Signal | undefined;
  /** Stable word for the counter. */
  readonly reason: string;
  readonly message: string;
  readonly remedy: string;
  readonly atMs: number;
  /** The sender keeps it and sends it again: a refusal, and no loss. */
  readonly comesAgain: boolean;
}

/** Workspaces beyond count together as `_other`: without keys anybody on this machine may invent some. */
const maxWorkspaces = 1000;
const other = '_other';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const none = (): Writable<SignalCounts> => ({ accepted: 0, rejected: 0, lastAcceptedAtMs: undefined });

/** What was taken and what was not, by signal, reason and sender. Everything that is refused is counted here; nothing vanishes. */
export class Ledger {
  readonly registry = new Registry();
  /** What became of every item. */
  readonly items: ItemLedger;
  readonly rejections = new RejectionList();
  readonly senders = new SenderList();
  readonly #signals = new Map<string, Record<Signal, Writable<SignalCounts>>>();
  readonly #accepted: Counter<'signal' | 'protocol'>;
  readonly #rejected: Counter<'signal' | 'reason'>;
  readonly #refused: Counter<'protocol' | 'reason'>;
  readonly #bugs: Counter;
  readonly #commits: Histogram;
  readonly #records: Counter;
  readonly #walWritten: Counter;
  #changes = 0;

  constructor(nowMs = Date.now()) {
    this.items = new ItemLedger(nowMs);
    const registers = [this.registry];
    this.#accepted = new Counter({
      name: 'bellwether_receiver_items_total',
      help: 'Spans, log records and data points that were kept.',
      labelNames: ['signal', 'protocol'],
      registers,
    });
    this.#rejected = new Counter({
      name: 'bellwether_receiver_items_rejected_total',
      help: 'Items of a kept request that can not be stored.',
      labelNames: ['signal', 'reason'],
      registers,
    });
    this.#refused = new Counter({
      name: 'bellwether_receiver_requests_refused_total',
      help: 'Requests of which nothing was kept.',
      labelNames: ['protocol', 'reason'],
      registers,
    });
    this.#bugs = new Counter({ name: 'bellwether_receiver_bugs_total', help: 'Errors nobody foresaw.', registers });
    this.#commits = new Histogram({
      name: 'bellwether_wal_commit_seconds',
      help: 'One write and fdatasync of the write-ahead log.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
      registers,
    });
    this.#records = new Counter({
      name: 'bellwether_wal_records_total',
      help: 'Records written to the write-ahead log.',
      registers,
    });
    this.#walWritten = new Counter({
      name: 'bellwether_wal_written_bytes_total',
      help: 'Bytes written to the write-ahead log.',
      registers,
    });
    this.#observeItems();
  }

  #observeItems(): void {
    const labelNames = ['workspace', 'key', 'protocol', 'signal'] as const;
    const total = new Counter({
      name: 'bellwether_ledger_items_total',
      help: 'Items by what became of them: received = stored + refused + dropped + duplicate + sampled_out + pending. Reported ones stand apart.',
      labelNames: [...labelNames, 'outcome', 'reason'],
      registers: [this.registry],
      collect: () => {
        total.reset();
        for (const row of this.items.rows()) {
          const labels = labelsOf(row);
          const add = (outcome: string, reason: string, items: number): void =>
            total.inc({ ...labels, outcome, reason }, items);
          add('received', '', row.received);
          add('stored', '', row.stored);
          if (row.duplicate > 0) add('duplicate', '', row.duplicate);
          if (row.sampledOut > 0) add('sampled_out', '', row.sampledOut);
          for (const outcome of ['refused', 'dropped', 'reported'] as const)
            for (const [reason, items] of Object.entries(row[outcome])) add(outcome, reason, items);
        }
      },
    });
    const pending = new Gauge({
      name: 'bellwether_ledger_pending_items',
      help: 'Items that were acknowledged and are not in the store yet.',
      labelNames: [...labelNames],
      registers: [this.registry],
      collect: () => {
        pending.reset();
        for (const row of this.items.rows()) pending.set(labelsOf(row), row.pending);
      },
    });
  }

  /** Grows with everything that was told here; a status is sent when it changed. */
  get changes(): number {
    return this.#changes + this.items.changes;
  }

  accepted(request: AcceptedRequest, origin: Origin): void {
    this.#changes += 1;
    const counts = this.#signalsOf(request.workspace ?? '')[request.signal];
    counts.accepted += request.items;
    if (request.items > 0) counts.lastAcceptedAtMs = request.receivedMs;
    this.#accepted.inc({ signal: request.signal, protocol: origin.protocol }, request.items);
    this.senders.seen(request, origin);
    if (request.rejected === 0) return;
    counts.rejected += request.rejected;
    this.#rejected.inc({ signal: request.signal, reason: 'not-storable' }, request.rejected);
    this.rejections.add(
      {
        atMs: request.receivedMs,
        reason: request.rejectedReason,
        remedy: 'The rest of the request was kept. Check what makes these items',
        count: request.rejected,
        workspace: request.workspace ?? '',
        ...(request.example && { example: request.example }),
      },
      origin,
    );
  }

  refused(request: RefusedRequest, origin: Origin): void {
    this.#changes += 1;
    if (request.signal !== undefined && !request.comesAgain) this.#signalsOf('')[request.signal].rejected += 1;
    this.#refused.inc({ protocol: origin.protocol, reason: request.reason });
    this.items.requestRefused(origin.protocol, request.signal ?? '', request.reason);
    const { atMs, message, remedy } = request;
    this.rejections.add({ atMs, reason: message, remedy, count: 1, workspace: '' }, origin);
  }

  /** Goes on from what was saved beside the log's position (`items` and `rejections`). Before the first item. */
  restore(saved: unknown): void {
    if (typeof saved !== 'object' || saved === null) return;
    if ('items' in saved) this.items.restore(saved.items);
    if ('rejections' in saved) this.rejections.restore(saved.rejections);
  }

  /** Whose the request is that will be told as refused with this sentence, in the same turn of the event loop, and what it looks like. */
  foretell(message: string, origin: Origin, workspace: string, example: () => string): void {
    this.rejections.foretell(message, origin, workspace, example);
  }

  /** A sender says that it lost items itself, before they came here (Sentry's client reports). They are shown apart. */
  reportedLost(account: Account, reason: string, items: number): void {
    if (Number.isSafeInteger(items) && items > 0) this.items.reported(this.items.row(account), reason, items);
  }

  bug(): void {
    this.#changes += 1;
    this.#bugs.inc();
  }

  committed({ records, bytes, seconds }: { records: number; bytes: number; seconds: number }): void {
    this.#commits.observe(seconds);
    this.#records.inc(records);
    this.#walWritten.inc(bytes);
  }

  /** As `gauge`, for a number that only grows. */
  counter(name: string, help: string, read: () => number): void {
    const counter: Counter = new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        counter.reset();
        counter.inc(read());
      },
    });
  }

  /** A number that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [this.registry], collect: () => gauge.set(read()) });
  }

  /** By workspace; under '' what was refused before it was known whose it is. */
  signals(): readonly WorkspaceSignals[] {
    return [...this.#signals].map(([workspace, { traces, logs, metrics, files }]) => ({
      workspace,
      signals: { traces: { ...traces }, logs: { ...logs }, metrics: { ...metrics }, files: { ...files } },
    }));
  }

  #signalsOf(workspace: string): Record<Signal, Writable<SignalCounts>> {
    const known = this.#signals.get(workspace);
    if (known !== undefined) return known;
    if (this.#signals.size >= maxWorkspaces && workspace !== other) return this.#signalsOf(other);
    const made = { traces: none(), logs: none(), metrics: none(), files: none() };
    this.#signals.set(workspace, made);
    return made;
  }

  lists(): { readonly rejections: readonly Rejection[]; readonly senders: readonly Sender[] } {
    return { rejections: this.rejections.newestFirst(), senders: this.senders.newestFirst() };
  }
}

function labelsOf({ workspace, key, protocol, signal }: LedgerRow): Account {
  return { workspace, key, protocol, signal };
}
