import { expect, test } from 'vitest';
import { cgroupReader } from './cgroup.js';

const files = (found: Readonly<Record<string, string>>) => (path: string) => found[path];

test('[H3] [W38] a container of version 2: limits, use and throttling', () => {
  const usage = cgroupReader(
    files({
      '/proc/self/cgroup': '0::/\n',
      '/sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
      '/sys/fs/cgroup/memory.current': '300000000\n',
      '/sys/fs/cgroup/memory.max': '536870912\n',
      '/sys/fs/cgroup/memory.stat': 'anon 200000000\ninactive_file 90000000\n',
      '/sys/fs/cgroup/memory.events': 'low 0\noom 2\noom_kill 1\n',
      '/sys/fs/cgroup/cpu.max': '150000 100000\n',
      '/sys/fs/cgroup/cpu.stat': 'usage_usec 2500000\nnr_periods 40\nnr_throttled 7\nthrottled_usec 1200000\n',
    }),
  );
  expect(usage?.()).toEqual({
    memoryBytes: 300_000_000,
    memoryLimitBytes: 536_870_912,
    workingSetBytes: 210_000_000,
    cpuSeconds: 2.5,
    cpuLimit: 1.5,
    periods: 40,
    throttledPeriods: 7,
    throttledSeconds: 1.2,
    outOfMemoryKills: 1,
  });
});

test('version 2 without limits: they are not told, rather than as a number', () => {
  const usage = cgroupReader(
    files({
      '/proc/self/cgroup': '0::/user.slice/app.scope\n',
      '/sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
      '/sys/fs/cgroup/user.slice/app.scope/memory.current': '1000\n',
      '/sys/fs/cgroup/user.slice/app.scope/memory.max': 'max\n',
      '/sys/fs/cgroup/user.slice/app.scope/cpu.max': 'max 100000\n',
    }),
  );
  expect(usage?.()).toMatchObject({ memoryBytes: 1000, memoryLimitBytes: undefined, cpuLimit: undefined });
});

test('version 1: the folder of each controller; its largest number means no limit', () => {
  const found = {
    '/proc/self/cgroup': '5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n',
    '/sys/fs/cgroup/memory/memory.usage_in_bytes': '4096\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/memory/memory.stat': 'total_inactive_file 1096\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    '/sys/fs/cgroup/cpu/cpu.stat': 'nr_periods 3\nnr_throttled 1\nthrottled_time 500000000\n',
    '/sys/fs/cgroup/cpuacct/cpuacct.usage': '7000000000\n',
  };
  expect(cgroupReader(files(found))?.()).toEqual({
    memoryBytes: 4096,
    memoryLimitBytes: undefined,
    workingSetBytes: 3000,
    cpuSeconds: 7,
    cpuLimit: undefined,
    periods: 3,
    throttledPeriods: 1,
    throttledSeconds: 0.5,
    outOfMemoryKills: undefined,
  });
  const limited = { ...found, '/sys/fs/cgroup/memory/memory.limit_in_bytes': '1048576\n' };
  expect(cgroupReader(files(limited))?.().memoryLimitBytes).toBe(1_048_576);
});

test('where there are no control groups there is nothing to read', () => {
  expect(cgroupReader(files({}))).toBeUndefined();
  expect(cgroupReader(files({ '/proc/self/cgroup': 'nonsense' }))).toBeUndefined();
});
