import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import type { Metric, MetricKind } from '../core/metrics.js';
import type { Instrumentation } from './instrumentation.js';

const gcKinds: Readonly<Record<number, string>> = {
  1: 'minor',
  2: 'minor',
  4: 'major',
  8: 'incremental',
  16: 'weakcb',
};

/** The process itself: CPU time, memory, heap spaces, garbage collection by kind, event-loop delay and utilisation, uptime. */
export const runtime: Instrumentation = {
  name: 'runtime',
  via: 'diagnostics channel',
  attach(tools) {
    const { metrics } = tools.recorder;
    const metric = (name: string, kind: MetricKind, unit: string, description: string): Metric =>
      metrics.metric({ name, kind, unit, description, scope: '@bellwether/node' });

    const cpu = metric('process.cpu.time', 'counter', 's', 'CPU time used by the process');
    const memory = metric('process.memory.usage', 'upDownCounter', 'By', 'Memory of the process in RAM');
    const external = metric('nodejs.memory.external', 'upDownCounter', 'By', 'Memory of objects outside of the heap');
    const uptime = metric('process.uptime', 'gauge', 's', 'Time since the process started');
    const heapUsed = metric('v8js.memory.heap.used', 'upDownCounter', 'By', 'Heap in use, by space');
    const heapLimit = metric('v8js.memory.heap.limit', 'upDownCounter', 'By', 'Heap set aside, by space');
    const gc = metric('v8js.gc.duration', 'histogram', 's', 'Time of garbage collections');
    const utilization = metric(
      'nodejs.eventloop.utilization',
      'gauge',
      '1',
      'Part of the time that the event loop was busy',
    );
    const delays = (['min', 'max', 'mean', 'p50', 'p90', 'p99'] as const).map(
      which => [which, metric(`nodejs.eventloop.delay.${which}`, 'gauge', 's', 'How late timers are')] as const,
    );

    const collections = new PerformanceObserver(list => {
      for (const entry of list.getEntries()) {
        const { duration } = entry;
        const detail: unknown = Reflect.get(entry, 'detail');
        const kind: unknown =
          typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
        const type = typeof kind === 'number' ? (gcKinds[kind] ?? 'other') : 'other';
        gc.point({ 'v8js.gc.type': type }).histogram?.record(duration / 1000);
      }
    });
    collections.observe({ entryTypes: ['gc'] });

    const resolutionMs = 20;
    const delay = monitorEventLoopDelay({ resolution: resolutionMs });
    delay.enable();
    let before = performance.eventLoopUtilization();

    tools.undo(
      metrics.beforeExport(() => {
        const { user, system } = process.cpuUsage();
        cpu.point({ 'cpu.mode': 'user' }).value = user / 1e6;
        cpu.point({ 'cpu.mode': 'system' }).value = system / 1e6;
        const usage = process.memoryUsage();
        memory.point({}).value = usage.rss;
        external.point({}).value = usage.external;
        uptime.point({}).value = process.uptime();
        for (const space of getHeapSpaceStatistics()) {
          const attributes = { 'v8js.heap.space.name': space.space_name };
          heapUsed.point(attributes).value = space.space_used_size;
          heapLimit.point(attributes).value = space.space_size;
        }
        const now = performance.eventLoopUtilization();
        utilization.point({}).value = performance.eventLoopUtilization(now, before).utilization;
        before = now;
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
          gauge.point({}).value = Math.max(0, values[which] / 1e9 - resolutionMs / 1000);
        delay.reset();
      }),
    );
    tools.undo(() => {
      collections.disconnect();
      delay.disable();
    });
    tools.seen(process.versions.node);
  },
};
