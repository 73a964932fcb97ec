import type { IncomingMessage } from 'node:http';
import type { Answer } from '../base/http.js';
import { refusalHeaders } from '../base/http.js';
import { readBody } from '../base/read-body.js';
import { BadInput } from '../base/bad-input.js';
import { Refusal } from '../base/refusal.js';
import type { OtlpSignal } from '../decode/batch.js';
import { exportResponse, exportResponseJson, grpcCodeOf, rpcStatusBody, type OtlpEncoding } from './otlp-answer.js';
import { headerOf, originOf, type IngestRoute, type ReceiveDeps } from './protocol.js';
import { admit } from './workspace.js';

/**
 * POST /v1/traces, /v1/logs and /v1/metrics: OTLP over HTTP, protobuf or JSON.
 *
 * We answer 200 only after the log has the body on disk: senders drop their copy on 200.
 * A full log answers 503 with Retry-After, which OTLP senders obey; 400 says that the same bytes can never succeed.
 */
export function otlpHttp(deps: ReceiveDeps): readonly IngestRoute[] {
  return [otlpRoute('traces', deps), otlpRoute('logs', deps), otlpRoute('metrics', deps)];
}

function otlpRoute(signal: OtlpSignal, { intake, limitsOf, keys }: ReceiveDeps): IngestRoute {
  return {
    method: 'POST',
    path: `/v1/${signal}`,
    protocol: 'otlp/http',
    signal,
    async handle(request) {
      const admission = admit(name => headerOf(request, name), keys);
      const encoding = encodingOf(request);
      const body = await readBody(request, limitsOf(admission));
      try {
        const { sent, contentEncoding, bytes } = body;
        const taken = await intake({
          ...admission,
          signal,
          encoding,
          sent,
          contentEncoding,
          bytes,
          origin: originOf('otlp/http', request),
        });
        return encoding === 'protobuf'
          ? answer(200, 'application/x-protobuf', exportResponse(signal, taken))
          : answer(200, 'application/json', exportResponseJson(signal, taken));
      } catch (error) {
        throw error instanceof BadInput ? (mislabelled(encoding, body.bytes) ?? error) : error;
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

function encodingOf(request: IncomingMessage): OtlpEncoding {
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

/** The other encoding than the content type says. Protobuf begins with the tag of its first field (0x0A), JSON with a brace. */
function mislabelled(encoding: OtlpEncoding, bytes: Uint8Array): Refusal | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64)).toString('latin1').trimStart();
  const isJson = start.startsWith('{') || start.startsWith('[');
  if (encoding === 'json' ? isJson || bytes[0] !== 0x0a : !isJson) return undefined;
  const [said, is, type] =
    encoding === 'json' ? ['JSON', 'protobuf', 'application/x-protobuf'] : ['protobuf', 'JSON', 'application/json'];
  return new Refusal(`the content type says ${said}, and the body is ${is}`, {
    status: 400,
    reason: 'wrong-content-type',
    remedy: `Send Content-Type: ${type} with it; a header set by hand (OTEL_EXPORTER_OTLP_HEADERS, a proxy) may have replaced the exporter's own`,
  });
}

function answer(status: number, type: string, body: string | Uint8Array): Answer {
  return { status, headers: { 'content-type': type }, body };
}
