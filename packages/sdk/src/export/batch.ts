export const signals = ['traces', 'logs', 'metrics'] as const;

export type Signal = (typeof signals)[number];

/** An OTLP export request that waits to be sent. Destinations share its body. */
export interface Batch {
  readonly signal: Signal;
  readonly body: Buffer;
  /** Spans, log records or series in it. */
  readonly items: number;
  /** Business events and errors: sent before all else, and dropped after all else. */
  readonly isPrecious?: boolean;
}
