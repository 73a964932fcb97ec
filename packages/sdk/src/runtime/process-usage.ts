import { fs } from '../core/node-modules.js';
import { readdir } from 'node:fs/promises';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { kernelFile, namedNumbers } from './kernel-file.js';
import type { Define, Reading } from './reading.js';

/** CPU time, memory, threads, open files, page faults, context switches and uptime of this process. */
export function processUsage(define: Define): Reading {
  const cpu = define('process.cpu.time', 'counter', 's', 'CPU time used by the process');
  const [user, system] = [cpu.point({ 'cpu.mode': 'user' }), cpu.point({ 'cpu.mode': 'system' })];
  const rss = define('process.memory.usage', 'upDownCounter', 'By', 'Memory of the process in RAM').point({});
  const virtual = define('process.memory.virtual', 'upDownCounter', 'By', 'Address space of the process');
  const uptime = define('process.uptime', 'gauge', 's', 'Time since the process started').point({});
  const threads = define('process.thread.count', 'upDownCounter', '{thread}', 'Threads of the process');
  const faults = define('process.paging.faults', 'counter', '{fault}', 'Page faults of the process');
  const switches = define('process.context_switches', 'counter', '{context_switch}', 'Times the process was set aside');
  const openFiles = openFileCount(define);
  return {
    read() {
      const { userCPUTime, systemCPUTime, ...used } = process.resourceUsage();
      user.value = userCPUTime / 1e6;
      system.value = systemCPUTime / 1e6;
      rss.value = process.memoryUsage.rss();
      uptime.value = process.uptime();
      faults.point({ 'process.paging.fault_type': 'major' }).value = used.majorPageFault;
      faults.point({ 'process.paging.fault_type': 'minor' }).value = used.minorPageFault;
      switches.point({ 'process.context_switch_type': 'voluntary' }).value = used.voluntaryContextSwitches;
      switches.point({ 'process.context_switch_type': 'involuntary' }).value = used.involuntaryContextSwitches;
      const status = kernelFile('/proc/self/status');
      if (status === undefined) return;
      const numbers = namedNumbers(status);
      threads.point({}).value = numbers.get('Threads') ?? 0;
      virtual.point({}).value = numbers.get('VmSize') ?? 0;
      openFiles();
    },
  };
}

/** The heap by space, what is outside of it, and where V8 gives up. */
export function heapUsage(define: Define): Reading {
  const used = define('v8js.memory.heap.used', 'upDownCounter', 'By', 'Heap in use, by space');
  const limit = define('v8js.memory.heap.limit', 'upDownCounter', 'By', 'Heap set aside, by space');
  const free = define('v8js.memory.heap.space.available_size', 'upDownCounter', 'By', 'Heap that is free, by space');
  const physical = define('v8js.memory.heap.space.physical_size', 'upDownCounter', 'By', 'Heap in RAM, by space');
  const max = define('v8js.memory.heap.max', 'gauge', 'By', 'Heap at which the process ends, out of memory').point({});
  const contexts = define(
    'v8js.context.count',
    'upDownCounter',
    '{context}',
    'Contexts of V8; detached ones are leaks',
  );
  const external = define('nodejs.memory.external', 'upDownCounter', 'By', 'Memory of objects outside of the heap');
  const buffers = define('nodejs.memory.array_buffers', 'upDownCounter', 'By', 'Part of it that is ArrayBuffers');
  const seen = new Set<string>();
  return {
    read() {
      const memory = process.memoryUsage();
      external.point({}).value = memory.external;
      buffers.point({}).value = memory.arrayBuffers;
      for (const space of getHeapSpaceStatistics()) {
        // Half of the spaces are never used.
        if (space.space_size === 0 && !seen.has(space.space_name)) continue;
        seen.add(space.space_name);
        const attributes = { 'v8js.heap.space.name': space.space_name };
        used.point(attributes).value = space.space_used_size;
        limit.point(attributes).value = space.space_size;
        free.point(attributes).value = space.space_available_size;
        physical.point(attributes).value = space.physical_space_size;
      }
      const heap = getHeapStatistics();
      max.value = heap.heap_size_limit;
      contexts.point({ 'v8js.context.state': 'native' }).value = heap.number_of_native_contexts;
      contexts.point({ 'v8js.context.state': 'detached' }).value = heap.number_of_detached_contexts;
    },
  };
}

/** Kernels from 6.2 on say how many files are open as the size of the folder; on older ones the folder is read, beside the loop, for the next time. */
function openFileCount(define: Define): () => void {
  const files = define('process.unix.file_descriptor.count', 'upDownCounter', '{file_descriptor}', 'Open files');
  const folder = '/proc/self/fd';
  let isReading = false;
  return () => {
    const size = fs.statSync(folder, { throwIfNoEntry: false })?.size ?? 0;
    if (size > 0) {
      files.point({}).value = size;
      return;
    }
    if (isReading) return;
    isReading = true;
    void readdir(folder)
      .then(
        names => (files.point({}).value = names.length),
        () => undefined,
      )
      .then(() => (isReading = false));
  };
}
