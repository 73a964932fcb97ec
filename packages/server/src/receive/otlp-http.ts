import type { IncomingMessage } from 'node:http';
import type { Answer, Route } from '../base/http.js';
import { refusalHeaders } from '../base/http.js';
import { readBody } from '../base/read-body.js';
import type { BodyLimits } from '../base/read-body.js';
import { Refusal } from '../base/refusal.js';
import type { Encoding, Signal } from '../decode/batch.js';
import type { Intake } from './intake.js';
import type { Origin } from './ledger.js';
import { exportResponse, exportResponseJson, grpcCodeOf, rpcStatusBody } from './otlp-answer.js';
import type { IngestKey } from './workspace.js';
import { workspaceOf } from './workspace.js';

export interface OtlpHttpDeps {
  readonly intake: Intake;
  readonly limits: BodyLimits;
  readonly keys: readonly IngestKey[];
}

/**
 * POST /v1/traces, /v1/logs and /v1/metrics: OTLP over HTTP, protobuf or JSON.
 *
 * We answer 200 only after the log has the body on disk: senders drop their copy on 200.
 * A full log answers 503 with Retry-After, which OTLP senders obey; 400 says that the same bytes can never succeed.
 */
export function otlpHttp(deps: OtlpHttpDeps): readonly (Route & { readonly signal: Signal })[] {
  return [otlpRoute('traces', deps), otlpRoute('logs', deps), otlpRoute('metrics', deps)];
}

function otlpRoute(signal: Signal, { intake, limits, keys }: OtlpHttpDeps): Route & { readonly signal: Signal } {
  return {
    method: 'POST',
    path: `/v1/${signal}`,
    signal,
    async handle(request) {
      const workspace = workspaceOf(name => headerOf(request, name), keys);
      const encoding = encodingOf(request);
      const body = await readBody(request, limits);
      try {
        const { sent, contentEncoding, bytes } = body;
        const taken = await intake({
          workspace,
          signal,
          encoding,
          sent,
          contentEncoding,
          bytes,
          origin: originOf(request),
        });
        return encoding === 'protobuf'
          ? answer(200, 'application/x-protobuf', exportResponse(signal, taken))
          : answer(200, 'application/json', exportResponseJson(signal, taken));
      } finally {
        body.release();
      }
    },
    refuse(refusal, request) {
      const { status, retryAfterSeconds } = refusal.facts;
      const encoding = /protobuf/.test(request.headers['content-type'] ?? '') ? 'protobuf' : 'json';
      const facts = { code: grpcCodeOf(status), message: refusal.text, retryAfterSeconds };
      const { type, body } = rpcStatusBody(encoding, facts);
      return { status, headers: { ...refusalHeaders(refusal), 'content-type': type }, body };
    },
  };
}

export function originOf(request: IncomingMessage): Origin {
  return {
    protocol: 'otlp/http',
    address: request.socket.remoteAddress ?? '',
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 80),
  };
}

function encodingOf(request: IncomingMessage): Encoding {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  const isGrpc = type.startsWith('application/grpc');
  throw new Refusal(`Content-Type "${type.slice(0, 40)}" is not understood here`, {
    status: 415,
    reason: 'wrong-content-type',
    remedy: isGrpc
      ? 'This is the HTTP port; gRPC goes to the gRPC port (4317 unless set otherwise)'
      : 'Send application/x-protobuf or application/json (exporters: OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or http/json)',
  });
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function answer(status: number, type: string, body: string | Uint8Array): Answer {
  return { status, headers: { 'content-type': type }, body };
}
