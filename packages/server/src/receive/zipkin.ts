import { readBody } from '../base/read-body.js';
import { Refusal } from '../base/refusal.js';
import type { ZipkinSpan } from '../decode/zipkin/span.js';
import { zipkinFromJson } from '../decode/zipkin/zipkin-json.js';
import { zipkinFromProtobuf } from '../decode/zipkin/zipkin-protobuf.js';
import { zipkinParts } from '../decode/zipkin/zipkin-spans.js';
import { refuseAsText } from './plain-refusal.js';
import { headerOf, originOf, type IngestRoute, type ReceiveDeps } from './protocol.js';
import { admit } from './workspace.js';

/**
 * POST /api/v2/spans, as Zipkin answers it: 202 without a body, here only after the log has the spans on disk. Zipkin's reporters do not send again what
 * was refused, so 503 means that they count it as dropped; what somebody between sends again is kept once.
 */
export function zipkin({ intake, limitsOf, keys }: ReceiveDeps): readonly IngestRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/spans',
      protocol: 'zipkin',
      signal: 'traces',
      async handle(request) {
        const admission = admit(name => headerOf(request, name), keys);
        const read = readerOf(headerOf(request, 'content-type') ?? '');
        const body = await readBody(request, limitsOf(admission));
        try {
          const parts = zipkinParts(read(body.bytes));
          await intake.parts({ ...admission, parts, asSent: body.sent, origin: originOf('zipkin', request) });
        } finally {
          body.release();
        }
        return { status: 202, body: '' };
      },
      refuse: refuseAsText,
    },
    {
      method: 'POST',
      path: '/api/v1/spans',
      protocol: 'zipkin',
      signal: 'traces',
      handle() {
        throw new Refusal('Zipkin’s format version 1 is not taken', {
          status: 410,
          reason: 'old-version',
          remedy: 'Let the reporter send version 2 to /api/v2/spans (Brave: SpanBytesEncoder.JSON_V2 or PROTO3)',
        });
      },
      refuse: refuseAsText,
    },
  ];
}

function readerOf(contentType: string): (body: Uint8Array) => readonly ZipkinSpan[] {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-protobuf' || type === 'application/protobuf') return zipkinFromProtobuf;
  if (type === '' || type === 'application/json') return zipkinFromJson;
  throw new Refusal(`Content-Type "${type.slice(0, 40)}" is not understood here`, {
    status: 415,
    reason: 'wrong-content-type',
    remedy: 'Send application/json or application/x-protobuf (Thrift is not taken)',
  });
}
