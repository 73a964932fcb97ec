import http from 'node:http';
import https from 'node:https';
import { workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { translate } from '../destinations/translate.js';
import type { BlockingJob, Lane } from './post-blocking.js';
import { otlpRequest, type OutgoingRequest, translatedRequest } from './request.js';

/**
 * Sends batches from a thread of its own while the main thread waits, and wakes it whenever a destination is through.
 */
// What `postBlocking` gives its worker.
const { flags, lanes, timeoutMs } = workerData as BlockingJob;
const done = new Int32Array(flags);

function send({ url, method, headers, body }: OutgoingRequest, gzip: boolean): Promise<void> {
  const content = gzip ? gzipSync(body, { level: 3 }) : body;
  return new Promise((resolve, reject) => {
    const outgoing = (url.startsWith('https:') ? https : http).request(url, {
      method,
      headers: { ...headers, 'content-length': content.length, ...(gzip ? { 'content-encoding': 'gzip' } : {}) },
      timeout: timeoutMs,
    });
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('response', response => {
      response.resume();
      const status = response.statusCode ?? 0;
      response.on('error', reject);
      response.on('end', () => (status === 429 || status > 500 ? reject(new Error(String(status))) : resolve()));
    });
    outgoing.end(content);
  });
}

async function sendAll({ form, gzip, url, headers, batches, publicKey }: Lane): Promise<void> {
  for (const { signal, body } of batches) {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const requests =
      form === 'otlp'
        ? [otlpRequest(url, headers, signal, bytes)]
        : translate(form, signal, bytes, publicKey).map(part => translatedRequest(url, headers, part));
    for (const request of requests) await send(request, gzip);
  }
}

for (const [index, lane] of lanes.entries()) {
  const through = (result: 1 | 2): void => {
    Atomics.store(done, index, result);
    Atomics.add(done, lanes.length, 1);
    Atomics.notify(done, lanes.length);
  };
  sendAll(lane).then(
    () => through(1),
    () => through(2),
  );
}
