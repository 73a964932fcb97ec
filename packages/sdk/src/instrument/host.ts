import { isMainThread } from 'node:worker_threads';
import { containerUsage } from '../runtime/container-usage.js';
import { hostUsage } from '../runtime/host-usage.js';
import { watchReadingsAhead } from '../runtime/watch-readings.js';
import type { Instrumentation } from './instrumentation.js';

/** Where the process runs: limits and use of its container, CPU, memory, disks and network of the machine. */
export const host: Instrumentation = {
  name: 'host',
  via: 'diagnostics channel',
  attach(tools) {
    // All threads of a process are on one machine.
    if (!isMainThread) return;
    watchReadingsAhead(tools, [containerUsage, hostUsage]);
    tools.seen();
  },
};
