/**
 * What receiver and server say to each other over `<data>/server.sock`: one JSON object per line.
 * The receiver connects (and connects again after the server was restarted); it owns the files, the server only reads them.
 */
import type { Signal } from '../decode/batch.js';
import type { RefusedRows } from './block-items.js';

/** One table's rows of one block: a ClickHouse `Native` file. */
export interface BlockFile {
  readonly table: string;
  /** Absolute path below `<data>/blocks/`. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

export type ToServer =
  /** Insert these files; `token` + table name is the deduplication token, so the same block twice is a no-op. */
  | { readonly type: 'insert'; readonly id: number; readonly token: string; readonly files: readonly BlockFile[] }
  | { readonly type: 'flushed'; readonly id: number; readonly upTo: string }
  | { readonly type: 'status'; readonly status: ReceiverStatus };

export type ToReceiver =
  /** Every file of block `id` is in the store (now or by an earlier try), but for rows that were set aside. The receiver may delete them. */
  | { readonly type: 'inserted'; readonly id: number; readonly quarantined: readonly RefusedRows[] }
  /** Not stored; send it again after `retryAfterMs`. */
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly reason: string;
      readonly retryAfterMs: number;
      /** A file is not as long as it was written, or gone: it is to be made from the log again. */
      readonly isDamaged: boolean;
    }
  /** Cut what is pending now and answer `flushed` when all that was acknowledged before is inserted. */
  | { readonly type: 'flush'; readonly id: number };

export interface SignalCounts {
  readonly accepted: number;
  readonly rejected: number;
  readonly lastAcceptedAtMs: number | undefined;
}

/** What came for a workspace; under '' what was refused before it was known whose it is. */
export interface WorkspaceSignals {
  readonly workspace: string;
  readonly signals: Readonly<Record<Signal, SignalCounts>>;
}

export interface Rejection {
  readonly atMs: number;
  /** 'otlp/http' | 'otlp/grpc' */
  readonly protocol: string;
  readonly reason: string;
  readonly remedy: string;
  /** Remote address and user agent, shortened. */
  readonly sender: string;
  readonly count: number;
  /** Whose it was; '' when that was not known yet. */
  readonly workspace: string;
  /** The beginning of such a request, without what may be secret; '' when there is none. */
  readonly example: string;
}

/** One account of the loss ledger; see `receive/item-ledger.ts` for what each count means. */
export interface LedgerAccount {
  readonly workspace: string;
  readonly key: string;
  readonly protocol: string;
  readonly signal: Signal;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly sampledOut: number;
  readonly pending: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly reported: Readonly<Record<string, number>>;
}

export interface LedgerStatus {
  readonly sinceMs: number;
  readonly rows: readonly LedgerAccount[];
  /** Requests that were answered with an error as a whole, of all workspaces. */
  readonly requests: readonly {
    readonly protocol: string;
    readonly signal: Signal | '';
    readonly reason: string;
    readonly requests: number;
  }[];
}

export interface Sender {
  /** To which belongs what it sends. */
  readonly workspace: string;
  readonly service: string;
  readonly userAgent: string;
  readonly protocol: string;
  readonly items: number;
  readonly lastSeenMs: number;
  /** Newest item's end time minus our clock when it came; beyond a few seconds a clock is wrong. */
  readonly clockSkewMs: number | undefined;
}

/** A target that is scraped, and how its last scrape went. */
export interface ScrapeTargetStatus {
  /** To which belongs what is scraped. */
  readonly workspace: string;
  readonly job: string;
  readonly url: string;
  readonly state: 'unknown' | 'up' | 'down';
  readonly lastScrapeMs: number | undefined;
  readonly lastDurationMs: number | undefined;
  readonly samples: number;
  readonly error: string | undefined;
  readonly rejected: number;
  readonly rejectedReason: string;
}

/** A metric that had more series than it may. */
export interface Overflow {
  readonly workspace: string;
  readonly metric: string;
  readonly limit: number;
  /** Points without a series of their own, since the start. */
  readonly points: number;
  readonly lastAtMs: number;
}

/** Sent once a second while something changes, and on connect. */
export interface ReceiverStatus {
  readonly startedAtMs: number;
  readonly otlpHttp: string | undefined;
  readonly otlpGrpc: string | undefined;
  readonly signals: readonly WorkspaceSignals[];
  readonly rejections: readonly Rejection[];
  readonly ledger: LedgerStatus;
  readonly senders: readonly Sender[];
  readonly overflows: readonly Overflow[];
  /** Those that are down first; at most 200. */
  readonly scrapeTargets: readonly ScrapeTargetStatus[];
  readonly walBytes: number;
  readonly blocksBytes: number;
  /** The receiver's own counters in Prometheus text form, appended to `/metrics`. */
  readonly metricsText: string;
}
