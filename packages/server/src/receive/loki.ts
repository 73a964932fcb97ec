import type { IncomingMessage } from 'node:http';
import { BadInput } from '../base/bad-input.js';
import { readBody, readSent, type Body, type BodyLimits } from '../base/read-body.js';
import { Refusal, tooBusy } from '../base/refusal.js';
import { lokiParts } from '../decode/loki/loki-logs.js';
import { lokiFromJson } from '../decode/loki/push-json.js';
import { lokiFromProtobuf } from '../decode/loki/push-protobuf.js';
import type { LokiPush } from '../decode/loki/push.js';
import { unsnappedLength, unsnappyInto } from '../decode/snappy.js';
import { refuseAsText } from './plain-refusal.js';
import { headerOf, originOf, type IngestRoute, type ReceiveDeps } from './protocol.js';
import { admit } from './workspace.js';

/**
 * POST /loki/api/v1/push (and the older /api/prom/push), as Loki answers it: 204 without a body, here only after the log has the lines on disk. Loki's
 * clients send the same batch again after 429 and 5xx, or no answer; it is kept once. They drop it after any other 4xx, so what can be read is kept and
 * the rest counted; only when nothing can be read the answer is 400, a line of text.
 */
export function loki(deps: ReceiveDeps): readonly IngestRoute[] {
  return ['/loki/api/v1/push', '/api/prom/push'].map(path => lokiRoute(path, deps));
}

function lokiRoute(path: string, deps: ReceiveDeps): IngestRoute {
  const { intake, limitsOf, keys } = deps;
  return {
    method: 'POST',
    path,
    protocol: 'loki',
    signal: 'logs',
    async handle(request) {
      const admission = admit(name => headerOf(request, name), keys);
      const { push, sent, release } = await read(request, limitsOf(admission));
      try {
        if (push.rejected > 0 && push.streams.every(({ entries }) => entries.length === 0))
          throw new BadInput(push.rejectedReason);
        await intake.parts({
          ...admission,
          parts: lokiParts(push),
          asSent: sent,
          origin: originOf('loki', request),
        });
      } finally {
        release();
      }
      return { status: 204, body: '' };
    },
    refuse: refuseAsText,
  };
}

interface ReadPush {
  readonly push: LokiPush;
  readonly sent: Uint8Array;
  readonly release: () => void;
}

async function read(request: IncomingMessage, limits: BodyLimits): Promise<ReadPush> {
  const type = headerOf(request, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isProtobuf = type === 'application/x-protobuf' || type === 'application/protobuf';
  if (!isProtobuf && type !== '' && type !== 'application/json')
    throw new Refusal(`Content-Type "${type.slice(0, 40)}" is not understood here`, {
      status: 415,
      reason: 'wrong-content-type',
      remedy: 'Send application/json, or snappy protobuf as application/x-protobuf',
    });
  // Some clients say in a header what Loki takes for granted: protobuf is packed with snappy.
  const isSnappy = isProtobuf && headerOf(request, 'content-encoding')?.trim().toLowerCase() === 'snappy';
  const body = await (isSnappy ? readSent(request, limits) : readBody(request, limits));
  try {
    if (!isProtobuf) return { push: lokiFromJson(body.bytes), sent: body.sent, release: () => body.release() };
    return unpacked(body, limits);
  } catch (error) {
    body.release();
    throw error;
  }
}

function unpacked(body: Body, { maxBodyBytes, budget }: BodyLimits): ReadPush {
  const length = unsnappedLength(body.bytes, maxBodyBytes);
  if (!budget.tryTake(length)) throw tooBusy('too many bytes are being received at this moment', 'busy');
  try {
    const bytes = new Uint8Array(length);
    unsnappyInto(body.bytes, bytes);
    const release = (): void => {
      budget.give(length);
      body.release();
    };
    return { push: lokiFromProtobuf(bytes), sent: body.sent, release };
  } catch (error) {
    budget.give(length);
    throw error;
  }
}
