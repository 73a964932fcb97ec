import { isMainThread } from 'node:worker_threads';
import { eventLoop } from '../runtime/event-loop.js';
import { garbageCollection } from '../runtime/garbage-collection.js';
import { heapUsage, processUsage } from '../runtime/process-usage.js';
import { watchReadings } from '../runtime/watch-readings.js';
import type { Instrumentation } from './instrumentation.js';

/** The process itself: CPU time, memory, heap spaces, garbage collection by kind, event loop, threads, open files, uptime. */
export const runtime: Instrumentation = {
  name: 'runtime',
  via: 'diagnostics channel',
  attach(tools) {
    // A thread has a heap and a loop of its own; the process is the main thread's to tell of, so that nothing is counted twice.
    const own = [heapUsage, garbageCollection, eventLoop];
    watchReadings(tools, isMainThread ? [processUsage, ...own] : own);
    tools.seen(process.versions.node);
  },
};
