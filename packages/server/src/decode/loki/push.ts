/** What Loki's clients push, whichever encoding it came in: lines by stream. */
export interface LokiPush {
  readonly streams: readonly LokiStream[];
  /** Entries that can not be read, and why. */
  readonly rejected: number;
  readonly rejectedReason: string;
}

export interface LokiStream {
  readonly labels: ReadonlyMap<string, string>;
  readonly entries: readonly LokiEntry[];
}

export interface LokiEntry {
  readonly timeNs: bigint;
  readonly line: string;
  /** Structured metadata. */
  readonly metadata: ReadonlyMap<string, string>;
}
