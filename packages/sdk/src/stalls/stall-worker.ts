import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import type { StallEnd, StallWatch } from './stall-watch.js';

/**
 * Watches the application's event loop from outside. The loop's own delay timer counts up in C++, in memory that both threads see: when it stops, the loop stands still, and the
 * main thread is asked, between two instructions, to note where it is. Sleeping in `Atomics.wait` costs less than half of what a timer here would.
 */
// What `StallWatcher` gives its worker.
const { delay, thresholdMs, tickMs, expression } = workerData as StallWatch;
const cell = new Int32Array(new SharedArrayBuffer(4));

/** Asked soon, and again after a while: a stall may have several causes, one after the other. */
const askAfterMs = [thresholdMs, thresholdMs * 4];

let count = delay.count;
let sinceMs = performance.now();
let tickAtMs = sinceMs;
let asked = 0;

/**
 * Connected only for a question: while somebody is, `process.exit` prints that it waits for a debugger. Goes on watching once it is answered, which may be after the stall.
 */
function ask(): void {
  const session = new Session();
  session.connectToMainThread();
  session.post('Runtime.evaluate', { expression }, () => {
    session.disconnect();
    setImmediate(watch);
  });
}

function watch(): void {
  for (;;) {
    Atomics.wait(cell, 0, 0, tickMs);
    const nowMs = performance.now();
    // We were kept from running too: the machine sleeps, or has no CPU for anybody. That is no stall of the loop.
    const wasStopped = nowMs - tickAtMs > tickMs * 5;
    tickAtMs = nowMs;
    const now = delay.count;
    if (now !== count) {
      count = now;
      const stoodStillMs = nowMs - sinceMs;
      sinceMs = nowMs;
      if (asked === 0) continue;
      asked = 0;
      const end: StallEnd = { durationMs: stoodStillMs };
      parentPort?.postMessage(end, []);
      continue;
    }
    if (wasStopped && asked === 0) sinceMs = nowMs;
    const askAtMs = askAfterMs[asked];
    if (askAtMs === undefined || nowMs - sinceMs < askAtMs) continue;
    asked++;
    ask();
    return;
  }
}

// Nothing else keeps this thread there while an answer is on its way.
setInterval(() => undefined, 60_000);
watch();
