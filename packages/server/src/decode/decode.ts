import type { Batch, Encoding, Signal } from './batch.js';
import { decodeLogs, type LogBatch } from './otlp-logs.js';
import { decodeMetrics, type MetricBatch } from './otlp-metrics.js';
import { decodeTraces, type SpanBatch } from './otlp-traces.js';
import { protobufFromJson } from './otlp-json.js';
import { firstServiceName } from './service-name.js';

/** What `decode` returns; only the block builder looks inside. */
export type DecodedBatch = SpanBatch | LogBatch | MetricBatch;

const decoders = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics } as const;

/**
 * Reads one OTLP request (https://opentelemetry.io/docs/specs/otlp/). `body` is not compressed and must not be changed while the batch is in use.
 * The same body always gives the same batch. Throws `BadInput` when the body is not such a request.
 */
export function decode(signal: Signal, encoding: Encoding, body: Uint8Array): Batch {
  const batch: DecodedBatch = decoders[signal](encoding === 'json' ? protobufFromJson(signal, body) : body);
  return { ...batch, service: firstServiceName(batch.body, batch.resources) };
}
