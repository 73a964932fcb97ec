export const signals = ['traces', 'logs', 'metrics'] as const;

export type Signal = (typeof signals)[number];

/** Metrics since the process began, or since they were told of last. */
export type Temporality = 'cumulative' | 'delta';

/** An OTLP export request that waits to be sent. Destinations share its body. */
export interface Batch {
  readonly signal: Signal;
  readonly body: Buffer;
  /** Spans, log records or series in it. */
  readonly items: number;
  /** Business events and errors: sent before all else, and dropped after all else. */
  readonly isPrecious?: boolean;
  /** Of metrics. */
  readonly temporality?: Temporality;
}
