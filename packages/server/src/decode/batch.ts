export type Signal = 'traces' | 'logs' | 'metrics';

export type Encoding = 'protobuf' | 'json';

/**
 * One request, decoded into columns. Only the decoder that made it and the block builder look inside.
 * `rejected` items were well-formed on the wire but can not be stored (a span without ids, ...); `rejectedReason` says why, for OTLP's partial success.
 */
export interface Batch {
  readonly signal: Signal;
  /** Items accepted: spans, log records or metric data points. */
  readonly items: number;
  readonly rejected: number;
  readonly rejectedReason: string;
  /** `service.name` of the first resource, '' when absent: for the list of senders. */
  readonly service: string;
  /** Newest end time in the batch, ms since 1970; undefined when empty. */
  readonly newestMs: number | undefined;
}
