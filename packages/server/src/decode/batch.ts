export type OtlpSignal = 'traces' | 'logs' | 'metrics';

/** `files`: what is kept as it came (attachments, profiles). */
export type Signal = OtlpSignal | 'files';

/** `parts`: several requests in one body, see `parts.ts`. `remote-write-1` and `-2`: Prometheus' two messages. */
export type Encoding = 'protobuf' | 'json' | 'parts' | 'remote-write-1' | 'remote-write-2';

/**
 * One request, decoded into columns. Only the decoder that made it and the block builder look inside.
 * `rejected` items were well-formed on the wire but can not be stored (a span without ids, ...); `rejectedReason` says why, for OTLP's partial success.
 */
export interface Batch {
  readonly signal: Signal;
  /** Items accepted: spans, log records, metric data points or files. */
  readonly items: number;
  readonly rejected: number;
  readonly rejectedReason: string;
  /** `service.name` of the first resource, '' when absent: for the list of senders. */
  readonly service: string;
  /** Newest end time in the batch, ms since 1970; undefined when empty. */
  readonly newestMs: number | undefined;
}
