import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, CheckOptions, CheckResult } from '../check.js';

export interface EventLoopCheckOptions extends CheckOptions {
  /** Degraded when a timer is later than this; 250 ms unless told otherwise. */
  readonly degradedAboveMs?: number;
  /** Unhealthy when a timer is later than this; never unless told otherwise. */
  readonly unhealthyAboveMs?: number;
}

const timerMs = 10;

/** The event loop has time: how late a timer is now, and how busy the loop was since the last check. */
export function eventLoopCheck({
  degradedAboveMs = 250,
  unhealthyAboveMs = Infinity,
  ...options
}: EventLoopCheckOptions = {}): Check {
  let before = performance.eventLoopUtilization();
  return {
    ...options,
    async run(): Promise<CheckResult> {
      const startMs = performance.now();
      await sleep(timerMs);
      const lateMs = Math.max(0, performance.now() - startMs - timerMs);
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, before);
      before = now;
      return {
        status: lateMs > unhealthyAboveMs ? 'unhealthy' : lateMs > degradedAboveMs ? 'degraded' : 'healthy',
        detail: { lateMs: Math.round(lateMs), utilization: Math.round(utilization * 1000) / 1000 },
      };
    },
  };
}
