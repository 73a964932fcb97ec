import type { Encoding, OtlpSignal } from '../decode/batch.js';
import type { Taken } from './intake.js';

export type OtlpEncoding = Extract<Encoding, 'protobuf' | 'json'>;

type Rejected = Pick<Taken, 'rejected' | 'rejectedReason'>;

/**
 * OTLP's answers (https://opentelemetry.io/docs/specs/otlp/). They are few and tiny, so they are written by hand:
 *
 *     Export...ServiceResponse = 1: partial_success { 1: rejected count (int64), 2: error message }
 *     google.rpc.Status        = 1: code (int32), 2: message, 3: details (Any { 1: type url, 2: value })
 *     google.rpc.RetryInfo     = 1: retry_delay { 1: seconds (int64) }
 */
export function exportResponse(signal: OtlpSignal, { rejected, rejectedReason }: Rejected): Buffer {
  if (rejected === 0) return Buffer.alloc(0);
  return lengthDelimited(1, Buffer.concat([varintField(1, rejected), textField(2, partial(signal, rejectedReason))]));
}

const rejectedName = { traces: 'rejectedSpans', logs: 'rejectedLogRecords', metrics: 'rejectedDataPoints' } as const;

export function exportResponseJson(signal: OtlpSignal, { rejected, rejectedReason }: Rejected): string {
  if (rejected === 0) return '{}';
  const errorMessage = partial(signal, rejectedReason);
  return JSON.stringify({ partialSuccess: { [rejectedName[signal]]: String(rejected), errorMessage } });
}

function partial(signal: OtlpSignal, reason: string): string {
  return `some ${signal} can not be stored: ${reason}. The rest was kept`;
}

/** gRPC's codes, as `google.rpc.Status` carries them. */
export const grpcCode = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export function grpcCodeOf(httpStatus: number): number {
  switch (httpStatus) {
    case 401:
      return grpcCode.unauthenticated;
    case 403:
      return grpcCode.permissionDenied;
    case 404:
    case 405:
      return grpcCode.unimplemented;
    case 413:
      return grpcCode.resourceExhausted;
    case 429:
    case 503:
      return grpcCode.unavailable;
    default:
      return httpStatus >= 500 ? grpcCode.internal : grpcCode.invalidArgument;
  }
}

export interface StatusFacts {
  readonly code: number;
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

export function rpcStatus({ code, message, retryAfterSeconds }: StatusFacts): Buffer {
  const parts = [varintField(1, code), textField(2, message)];
  if (retryAfterSeconds !== undefined) {
    const delay = lengthDelimited(1, varintField(1, retryAfterSeconds));
    const detail = [textField(1, 'type.googleapis.com/google.rpc.RetryInfo'), lengthDelimited(2, delay)];
    parts.push(lengthDelimited(3, Buffer.concat(detail)));
  }
  return Buffer.concat(parts);
}

/** The error's body in the request's own encoding. */
export function rpcStatusBody(
  encoding: OtlpEncoding,
  facts: StatusFacts,
): { readonly type: string; readonly body: Buffer } {
  if (encoding === 'protobuf') return { type: 'application/x-protobuf', body: rpcStatus(facts) };
  return { type: 'application/json', body: Buffer.from(JSON.stringify({ code: facts.code, message: facts.message })) };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function lengthDelimited(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function textField(field: number, text: string): Buffer {
  return lengthDelimited(field, Buffer.from(text, 'utf8'));
}
