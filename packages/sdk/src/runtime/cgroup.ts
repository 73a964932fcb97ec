import { kernelFile, namedNumbers } from './kernel-file.js';

/** What the control group of this process may use and has used. What is not limited, or not told, is undefined. */
export interface CgroupUsage {
  readonly memoryBytes: number | undefined;
  readonly memoryLimitBytes: number | undefined;
  /** Memory that cannot be taken back: without the file cache that is not in use. */
  readonly workingSetBytes: number | undefined;
  readonly cpuSeconds: number | undefined;
  /** CPUs, such as 1.5. */
  readonly cpuLimit: number | undefined;
  readonly periods: number | undefined;
  readonly throttledPeriods: number | undefined;
  readonly throttledSeconds: number | undefined;
  readonly outOfMemoryKills: number | undefined;
}

type Read = (path: string) => string | undefined;

const root = '/sys/fs/cgroup';
/** Version 1 says "no limit" with the largest page-aligned number. */
const noLimitBytes = 2 ** 60;

/**
 * Reads the control group, version 2 or 1 (https://docs.kernel.org/admin-guide/cgroup-v2.html). In a container its folder is the root of what is mounted; outside the
 * path that `/proc/self/cgroup` names is below it. Undefined where there are none.
 */
export function cgroupReader(read: Read = kernelFile): (() => CgroupUsage) | undefined {
  const groups = read('/proc/self/cgroup');
  if (groups === undefined) return undefined;
  const folders = (controller: string): readonly string[] => {
    const line = groups.split('\n').find(each => each.split(':')[1]?.split(',').includes(controller) === true);
    const path = line?.split(':').slice(2).join(':') ?? '/';
    const mounted = controller === '' ? root : `${root}/${controller}`;
    return path === '/' || path.includes('..') ? [mounted] : [`${mounted}${path}`, mounted];
  };
  const holding = (controller: string, file: string): string | undefined =>
    folders(controller).find(folder => read(`${folder}/${file}`) !== undefined);

  const unified = holding('', 'memory.current') ?? holding('', 'cpu.stat');
  if (unified !== undefined && read(`${root}/cgroup.controllers`) !== undefined) return () => version2(read, unified);
  const memory = holding('memory', 'memory.usage_in_bytes');
  const cpu = holding('cpu', 'cpu.cfs_quota_us') ?? holding('cpu', 'cpu.stat');
  const account = holding('cpuacct', 'cpuacct.usage');
  return memory === undefined && cpu === undefined ? undefined : () => version1(read, { memory, cpu, account });
}

function version2(read: Read, folder: string): CgroupUsage {
  const memoryBytes = number(read(`${folder}/memory.current`));
  const cpu = namedNumbers(read(`${folder}/cpu.stat`) ?? '');
  const [quota, period] = (read(`${folder}/cpu.max`) ?? '').trim().split(' ');
  return {
    memoryBytes,
    memoryLimitBytes: number(read(`${folder}/memory.max`)),
    workingSetBytes: less(memoryBytes, namedNumbers(read(`${folder}/memory.stat`) ?? '').get('inactive_file')),
    cpuSeconds: scaled(cpu.get('usage_usec'), 1e6),
    cpuLimit: scaled(number(quota), number(period) ?? 100_000),
    periods: cpu.get('nr_periods'),
    throttledPeriods: cpu.get('nr_throttled'),
    throttledSeconds: scaled(cpu.get('throttled_usec'), 1e6),
    outOfMemoryKills: namedNumbers(read(`${folder}/memory.events`) ?? '').get('oom_kill'),
  };
}

interface Version1Folders {
  readonly memory: string | undefined;
  readonly cpu: string | undefined;
  readonly account: string | undefined;
}

function version1(read: Read, { memory, cpu, account }: Version1Folders): CgroupUsage {
  const memoryBytes = number(read(`${memory}/memory.usage_in_bytes`));
  const limit = number(read(`${memory}/memory.limit_in_bytes`));
  const throttling = namedNumbers(read(`${cpu}/cpu.stat`) ?? '');
  return {
    memoryBytes,
    memoryLimitBytes: limit === undefined || limit > noLimitBytes ? undefined : limit,
    workingSetBytes: less(memoryBytes, namedNumbers(read(`${memory}/memory.stat`) ?? '').get('total_inactive_file')),
    cpuSeconds: scaled(number(read(`${account}/cpuacct.usage`)), 1e9),
    cpuLimit: scaled(number(read(`${cpu}/cpu.cfs_quota_us`)), number(read(`${cpu}/cpu.cfs_period_us`)) ?? 100_000),
    periods: throttling.get('nr_periods'),
    throttledPeriods: throttling.get('nr_throttled'),
    throttledSeconds: scaled(throttling.get('throttled_time'), 1e9),
    outOfMemoryKills: namedNumbers(read(`${memory}/memory.oom_control`) ?? '').get('oom_kill'),
  };
}

/** `max` and -1 stand for no limit. */
function number(text: string | undefined): number | undefined {
  const trimmed = text?.trim();
  return trimmed !== undefined && /^\d{1,20}$/.test(trimmed) ? Number(trimmed) : undefined;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value / by;
}

function less(bytes: number | undefined, cacheBytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.max(0, bytes - (cacheBytes ?? 0));
}
