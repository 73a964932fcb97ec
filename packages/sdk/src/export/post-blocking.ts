import { Worker } from 'node:worker_threads';
import type { Destination, Form } from '../destinations/destination.js';
import type { Batch, Signal } from './batch.js';
import { ownHeaders } from './request.js';

/** The last batches for one destination, as plain data. */
export interface Lane {
  readonly form: Form;
  readonly gzip: boolean;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly publicKey: string | undefined;
  readonly batches: readonly { readonly signal: Signal; readonly body: Uint8Array }[];
}

export interface BlockingJob {
  /** One number per lane: 1 when all of it was answered, 2 when something failed. Behind these, how many lanes are through. */
  readonly flags: SharedArrayBuffer;
  readonly timeoutMs: number;
  readonly lanes: readonly Lane[];
}

/** What is left for one destination. */
export interface LastBatches {
  readonly destination: Destination;
  readonly batches: readonly Batch[];
}

/**
 * Sends batches while the event loop stands still: for a process that is about to end (`process.exit`, a fatal error), where nothing
 * asynchronous would run any more. Destinations are served side by side. Blocks for `deadlineMs` at most. For each destination, whether all were sent.
 */
export function postBlocking(last: readonly LastBatches[], deadlineMs: number): readonly boolean[] {
  const untilMs = performance.now() + deadlineMs;
  const flags = new SharedArrayBuffer(4 * (last.length + 1));
  const workerData: BlockingJob = {
    flags,
    timeoutMs: deadlineMs,
    lanes: last.map(({ destination, batches }) => ({
      form: destination.form,
      gzip: destination.gzip,
      url: destination.url.href,
      headers: ownHeaders(destination),
      publicKey: destination.publicKey?.reveal(),
      batches: batches.map(({ signal, body }) => ({ signal, body })),
    })),
  };
  const worker = new Worker(new URL('./blocking-worker.js', import.meta.url), { workerData, execArgv: [], env: {} });
  worker.on('error', () => {});
  worker.unref();
  const done = new Int32Array(flags);
  for (let through = 0; through < last.length; through = Atomics.load(done, last.length)) {
    if (Atomics.wait(done, last.length, through, Math.max(0, untilMs - performance.now())) === 'timed-out') break;
  }
  return last.map((_, index) => Atomics.load(done, index) === 1);
}
