import http from 'node:http';
import https from 'node:https';
import { workerData } from 'node:worker_threads';
import type { BlockingJob } from './post-blocking.js';

/**
 * Sends batches from a thread of its own while the main thread waits, and wakes it when all are through or one fails.
 */
// What `postBlocking` gives its worker.
const { flag, requests, timeoutMs } = workerData as BlockingJob;
const done = new Int32Array(flag);

function wake(result: 1 | 2): void {
  Atomics.store(done, 0, result);
  Atomics.notify(done, 0);
}

function sendFrom(index: number): void {
  const job = requests[index];
  if (job === undefined) {
    wake(1);
    return;
  }
  const url = new URL(job.url);
  const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
    method: 'POST',
    headers: job.headers,
    timeout: timeoutMs,
  });
  outgoing.on('error', () => wake(2));
  outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
  outgoing.on('response', response => {
    response.resume();
    response.on('end', () => sendFrom(index + 1));
  });
  outgoing.end(job.body);
}

sendFrom(0);
