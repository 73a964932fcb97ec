import { Worker } from 'node:worker_threads';
import { otlpHeaders } from './post.js';
import type { Batch } from './send-queue.js';

export interface BlockingJob {
  readonly flag: SharedArrayBuffer;
  readonly timeoutMs: number;
  readonly requests: readonly {
    readonly url: string;
    readonly headers: Readonly<Record<string, string | number>>;
    readonly body: Uint8Array;
  }[];
}

/**
 * Sends batches while the event loop stands still: for a process that is about to end (`process.exit`, a fatal error), where nothing
 * asynchronous would run any more. Blocks for `deadlineMs` at most. True when all were sent.
 */
export function postBlocking(
  url: URL,
  key: string | undefined,
  batches: readonly Batch[],
  deadlineMs: number,
): boolean {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const flag = new SharedArrayBuffer(4);
  const workerData: BlockingJob = {
    flag,
    timeoutMs: deadlineMs,
    requests: batches.map(batch => ({
      url: `${base}/v1/${batch.signal}`,
      headers: otlpHeaders(batch.body, key),
      body: batch.body,
    })),
  };
  const worker = new Worker(new URL('./blocking-worker.js', import.meta.url), { workerData, execArgv: [], env: {} });
  worker.on('error', () => {});
  worker.unref();
  const done = new Int32Array(flag);
  Atomics.wait(done, 0, 0, deadlineMs);
  return Atomics.load(done, 0) === 1;
}
