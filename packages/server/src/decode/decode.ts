import { BadInput } from '../base/bad-input.js';
import type { Batch, Encoding, Signal } from './batch.js';
import { decodeTraces, type SpanBatch } from './otlp-traces.js';

/** What `decode` returns; only the block builder looks inside. */
export type DecodedBatch = SpanBatch;

/**
 * Reads one OTLP request (https://opentelemetry.io/docs/specs/otlp/). `body` is not compressed and must not be changed while the batch is in use.
 * The same body always gives the same batch. Throws `BadInput` when the body is not such a request.
 */
export function decode(signal: Signal, encoding: Encoding, body: Uint8Array): Batch {
  if (signal === 'traces' && encoding === 'protobuf') return decodeTraces(body);
  throw new BadInput(`${signal} as ${encoding} cannot be read yet`);
}
