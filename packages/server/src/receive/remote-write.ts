import type { IncomingMessage } from 'node:http';
import type { Answer } from '../base/http.js';
import { refusalHeaders } from '../base/http.js';
import { readSent } from '../base/read-body.js';
import { Refusal, tooBusy } from '../base/refusal.js';
import { ScratchPool } from '../base/scratch-pool.js';
import type { Batch } from '../decode/batch.js';
import { written, type SeriesBatch } from '../decode/remote-write/series-batch.js';
import { unsnappedLength, unsnappyInto } from '../decode/snappy.js';
import { headerOf, originOf, type IngestRoute, type IngestRoutes, type ReceiveDeps } from './protocol.js';
import { admit } from './workspace.js';

/** `/api/v1/push` is where Mimir takes it. */
const paths = ['/api/v1/write', '/api/v1/push'];

/** Unpacked bodies lie here while they are decoded. */
const pool = new ScratchPool(16 << 20);

/**
 * POST /api/v1/write: Prometheus remote write, 1.0 and 2.0 by `Content-Type`.
 *
 * We answer 204 only after the log has the body on disk. 400 says that something can never be stored, which and why: what else the request held is kept,
 * and senders forget all of it on 400. 503 with Retry-After is what they come again for. 2.0 wants to hear with every answer how much was written.
 */
export const remoteWrite: IngestRoutes = deps => paths.map(path => route(path, deps));

function route(path: string, { intake, limitsOf, keys }: ReceiveDeps): IngestRoute {
  return {
    method: 'POST',
    path,
    protocol: 'prometheus/remote-write',
    signal: 'metrics',
    async handle(request) {
      const admission = admit(name => headerOf(request, name), keys);
      const limits = limitsOf(admission);
      const version = versionOf(request);
      checkEncoding(request);
      const { sent, release } = await readSent(request, limits);
      const length = unsnapped(sent, limits.maxBodyBytes, release);
      const room = limits.budget.tryTake(length) ? pool.take(length) : undefined;
      try {
        if (room === undefined) throw tooBusy('too many bytes are being received at this moment', 'busy');
        const bytes = room.subarray(0, length);
        unsnappyInto(sent, bytes);
        const taken = await intake({
          ...admission,
          signal: 'metrics',
          encoding: `remote-write-${version}`,
          sent,
          contentEncoding: 'snappy',
          bytes,
          origin: originOf('prometheus/remote-write', request),
        });
        return answerOf(version, taken.batches.find(isSeries));
      } finally {
        if (room !== undefined) {
          limits.budget.give(length);
          pool.give(room);
        }
        release();
      }
    },
    refuse(refusal, request) {
      const headers = { ...refusalHeaders(refusal), 'content-type': 'text/plain; charset=utf-8' };
      const { status } = refusal.facts;
      return {
        // Prometheus throws data away on 429 unless it is told otherwise.
        status: status === 429 ? 503 : status,
        headers: { ...headers, ...(isSecond(request) ? writtenHeaders(undefined) : {}) },
        body: `${refusal.text}\n`,
      };
    },
  };
}

function unsnapped(sent: Uint8Array, maxBytes: number, release: () => void): number {
  try {
    return unsnappedLength(sent, maxBytes);
  } catch (error) {
    release();
    throw error;
  }
}

function isSeries(batch: Batch): batch is SeriesBatch {
  return 'labelSets' in batch;
}

function answerOf(version: 1 | 2, batch: SeriesBatch | undefined): Answer {
  const headers = version === 2 ? writtenHeaders(batch) : {};
  if (batch === undefined || batch.rejected === 0) return { status: 204, headers, body: '' };
  const { rejected, faults, items } = batch;
  const body = `${rejected} of ${rejected + items} items can not be stored, the rest was kept:\n${faults.join('\n')}\n`;
  return { status: 400, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body };
}

function writtenHeaders(batch: SeriesBatch | undefined): Readonly<Record<string, string>> {
  const { samples, histograms, exemplars } =
    batch === undefined ? { samples: 0, histograms: 0, exemplars: 0 } : written(batch);
  return {
    'X-Prometheus-Remote-Write-Samples-Written': String(samples),
    'X-Prometheus-Remote-Write-Histograms-Written': String(histograms),
    'X-Prometheus-Remote-Write-Exemplars-Written': String(exemplars),
  };
}

const messages: Readonly<Record<string, 1 | 2>> = {
  'prometheus.WriteRequest': 1,
  'io.prometheus.write.v2.Request': 2,
};

function isSecond(request: IncomingMessage): boolean {
  return /proto\s*=\s*"?io\.prometheus\.write\.v2\./i.test(headerOf(request, 'content-type') ?? '');
}

/** Which message the body is. Senders of the first days name no type at all and mean 1.0. */
function versionOf(request: IncomingMessage): 1 | 2 {
  const contentType = headerOf(request, 'content-type') ?? 'application/x-protobuf';
  const [type = '', ...parameters] = contentType.split(';').map(part => part.trim());
  const proto = parameters
    .find(parameter => /^proto\s*=/i.test(parameter))
    ?.replace(/^proto\s*=\s*/i, '')
    .replaceAll('"', '');
  const version = proto === undefined ? 1 : Object.hasOwn(messages, proto) ? messages[proto] : undefined;
  if (type.toLowerCase() === 'application/x-protobuf' && version !== undefined) return version;
  throw new Refusal(`Content-Type "${contentType.slice(0, 100)}" is not understood here`, {
    status: 415,
    reason: 'wrong-content-type',
    remedy:
      'Send application/x-protobuf, with proto=prometheus.WriteRequest (remote write 1.0) or proto=io.prometheus.write.v2.Request (2.0)',
  });
}

function checkEncoding(request: IncomingMessage): void {
  const encoding = headerOf(request, 'content-encoding') ?? 'snappy';
  if (encoding.toLowerCase() === 'snappy') return;
  throw new Refusal(`Content-Encoding "${encoding.slice(0, 30)}" is not understood here`, {
    status: 415,
    reason: 'unknown-content-encoding',
    remedy: 'Remote write is sent packed with snappy, in its block format without frames',
    headers: { 'accept-encoding': 'snappy' },
  });
}
