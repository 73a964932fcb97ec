import type { Batch, Encoding, Signal } from './batch.js';
import { giveBack } from './int32-list.js';
import { decodeLogs, type LogBatch } from './otlp-logs.js';
import { decodeMetrics, type MetricBatch } from './otlp-metrics.js';
import { decodeTraces, type SpanBatch } from './otlp-traces.js';
import { protobufFromJson } from './otlp-json.js';
import { splitParts } from './parts.js';
import { decodeFiles, type FileBatch } from './raw-files.js';
import { decodeRemoteWrite1 } from './remote-write/request-1.js';
import { decodeRemoteWrite2 } from './remote-write/request-2.js';
import type { SeriesBatch } from './remote-write/series-batch.js';
import { firstServiceName } from './service-name.js';

/** What `decode` returns; only the block builder looks inside. */
export type DecodedBatch = SpanBatch | LogBatch | MetricBatch | SeriesBatch | FileBatch;

const decoders = { traces: decodeTraces, logs: decodeLogs, metrics: decodeMetrics, files: decodeFiles } as const;

/**
 * Reads one OTLP request (https://opentelemetry.io/docs/specs/otlp/), or one of Prometheus' remote write. `body` is not compressed and must not be changed while the batch is in use.
 * The same body always gives the same batch. Throws `BadInput` when the body is not such a request.
 */
export function decode(signal: Signal, encoding: Encoding, body: Uint8Array): Batch {
  if (encoding === 'remote-write-1') return decodeRemoteWrite1(body);
  if (encoding === 'remote-write-2') return decodeRemoteWrite2(body);
  const batch = decoders[signal](encoding === 'json' && signal !== 'files' ? protobufFromJson(signal, body) : body);
  return { ...batch, service: firstServiceName(batch.body, batch.resources) };
}

/** Reads a record of the log: the batches that one request brought, in their order. Throws as `decode` does. */
export function decodeRecord(signal: Signal, encoding: Encoding, body: Uint8Array): readonly Batch[] {
  if (encoding !== 'parts') return [decode(signal, encoding, body)];
  return splitParts(body).map(part => decode(part.signal, 'protobuf', part.body));
}

/** Nobody reads the columns of these batches any more: their memory is used for the next. What a batch says of itself stays. */
export function release(batches: readonly Batch[]): void {
  for (const batch of batches) {
    for (const column of Object.values(batch)) if (column instanceof Int32Array) giveBack(column);
  }
}
