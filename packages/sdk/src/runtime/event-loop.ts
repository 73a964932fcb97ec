import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Define, Reading } from './reading.js';

const resolutionMs = 20;
/** Kinds of resources that are named one by one; there are about 40 in Node. */
const maxKinds = 60;

/** How busy the loop is, how late its timers are, and what keeps it alive. */
export function eventLoop(define: Define): Reading {
  const utilization = define(
    'nodejs.eventloop.utilization',
    'gauge',
    '1',
    'Part of the time that the event loop was busy',
  ).point({});
  const time = define('nodejs.eventloop.time', 'counter', 's', 'Time that the event loop was busy, and waited');
  const [active, idle] = (['active', 'idle'] as const).map(state => time.point({ 'nodejs.eventloop.state': state }));
  const delays = (['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'] as const).map(
    which => [which, define(`nodejs.eventloop.delay.${which}`, 'gauge', 's', 'How late timers are').point({})] as const,
  );
  const resources = define(
    'nodejs.active_resources',
    'gauge',
    '{resource}',
    'Sockets, timers, requests and the like that are open, by kind',
  );

  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const seenKinds = new Map<string, number>();
  return {
    read() {
      const now = performance.eventLoopUtilization();
      utilization.value = performance.eventLoopUtilization(now, before).utilization;
      before = now;
      if (active !== undefined) active.value = now.active / 1000;
      if (idle !== undefined) idle.value = now.idle / 1000;
      for (const kind of seenKinds.keys()) seenKinds.set(kind, 0);
      for (const kind of process.getActiveResourcesInfo()) {
        const count = seenKinds.get(kind);
        if (count !== undefined || seenKinds.size < maxKinds) seenKinds.set(kind, (count ?? 0) + 1);
      }
      for (const [kind, count] of seenKinds) resources.point({ 'nodejs.resource.type': kind }).value = count;
      if (delay.count === 0) return;
      const values = {
        min: delay.min,
        max: delay.max,
        mean: delay.mean,
        p50: delay.percentile(50),
        p90: delay.percentile(90),
        p99: delay.percentile(99),
      };
      // The histogram holds the timer's whole interval; what is over the interval asked for is delay.
      for (const [which, gauge] of delays)
        gauge.value =
          which === 'stddev' ? delay.stddev / 1e9 || 0 : Math.max(0, values[which] / 1e9 - resolutionMs / 1000);
      delay.reset();
    },
    stop: () => void delay.disable(),
  };
}
