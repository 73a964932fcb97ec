import { totalmem } from 'node:os';
import { cgroupReader } from './cgroup.js';
import type { Define, Reading } from './reading.js';

/**
 * What the container (or other control group) uses of what it may use. A limit at or above the memory of the machine limits nothing; then the machine's is told, so that
 * "how near to the end" has one answer everywhere.
 */
export function containerUsage(define: Define): Reading | undefined {
  const usage = cgroupReader();
  if (usage === undefined) return undefined;
  const set = (
    name: string,
    unit: string,
    description: string,
    value: number | undefined,
    kind: 'gauge' | 'counter' = 'gauge',
  ): void => {
    if (value !== undefined) define(name, kind, unit, description).point({}).value = value;
  };
  return {
    read() {
      const now = usage();
      const limitBytes = Math.min(now.memoryLimitBytes ?? Infinity, totalmem());
      set('container.memory.usage', 'By', 'Memory of the container', now.memoryBytes);
      set(
        'container.memory.working_set',
        'By',
        'Memory of the container that cannot be taken back',
        now.workingSetBytes,
      );
      set('container.memory.limit', 'By', 'Memory at which the container is killed', limitBytes);
      if (now.workingSetBytes !== undefined) {
        const leftBytes = Math.max(0, limitBytes - now.workingSetBytes);
        set('container.memory.available', 'By', 'Memory left before the container is killed', leftBytes);
      }
      set(
        'container.memory.oom_kills',
        '{kill}',
        'Processes killed in the container, out of memory',
        now.outOfMemoryKills,
        'counter',
      );
      set('container.cpu.time', 's', 'CPU time used by the container', now.cpuSeconds, 'counter');
      set('container.cpu.limit', '{cpu}', 'CPUs that the container may use', now.cpuLimit);
      set('container.cpu.periods', '{period}', 'Periods in which the container wanted CPU', now.periods, 'counter');
      set(
        'container.cpu.throttled.periods',
        '{period}',
        'Periods in which it used up its share',
        now.throttledPeriods,
        'counter',
      );
      set(
        'container.cpu.throttled.time',
        's',
        'Time that it was kept waiting for CPU',
        now.throttledSeconds,
        'counter',
      );
    },
  };
}
