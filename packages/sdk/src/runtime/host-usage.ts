import { fs } from '../core/node-modules.js';
import { freemem, loadavg, totalmem } from 'node:os';
import { parse } from 'node:path';
import { disksOf, interfacesOf } from './host-tables.js';
import { kernelFile, namedNumbers } from './kernel-file.js';
import type { Define, Reading } from './reading.js';

/** CPU, memory, disks and network of the machine (or of what the container sees of it). */
export function hostUsage(define: Define): Reading {
  const readFilesystem = filesystemUsage(define);
  const readDisks = diskUsage(define);
  const readNetwork = networkUsage(define);
  const memory = define('system.memory.usage', 'upDownCounter', 'By', 'Memory of the machine, by state');
  const limit = define('system.memory.limit', 'upDownCounter', 'By', 'Memory of the machine').point({});
  const load = define(
    'system.cpu.load_average.1m',
    'gauge',
    '{thread}',
    'Threads that ran or wanted to, in the last minute',
  );
  return {
    read() {
      const numbers = namedNumbers(kernelFile('/proc/meminfo') ?? '');
      const totalBytes = totalmem();
      const freeBytes = numbers.get('MemAvailable') ?? freemem();
      limit.value = totalBytes;
      memory.point({ 'system.memory.state': 'used' }).value = totalBytes - freeBytes;
      memory.point({ 'system.memory.state': 'free' }).value = freeBytes;
      load.point({}).value = loadavg()[0] ?? 0;
      readCpu(define);
      readDisks();
      readNetwork();
      readFilesystem();
    },
  };
}

/** `cpu  user nice system idle iowait irq softirq steal`, in hundredths of a second, of all CPUs together (https://docs.kernel.org/filesystems/proc.html). */
const cpuModes = ['user', 'nice', 'system', 'idle', 'iowait', 'interrupt', 'interrupt', 'steal'] as const;

function readCpu(define: Define): void {
  const line = /^cpu +(.+)$/m.exec(kernelFile('/proc/stat') ?? '')?.[1];
  if (line === undefined) return;
  const time = define('system.cpu.time', 'counter', 's', 'CPU time of the machine, by mode');
  const seconds = new Map<string, number>();
  const values = line.split(' ');
  for (const [at, mode] of cpuModes.entries())
    seconds.set(mode, (seconds.get(mode) ?? 0) + Number(values[at] ?? 0) / 100);
  for (const [mode, value] of seconds) time.point({ 'cpu.mode': mode }).value = value;
}

function diskUsage(define: Define): () => void {
  const io = define('system.disk.io', 'counter', 'By', 'Bytes read and written, by disk');
  const operations = define('system.disk.operations', 'counter', '{operation}', 'Reads and writes, by disk');
  const busy = define('system.disk.io_time', 'counter', 's', 'Time that a disk was busy');
  return () => {
    for (const disk of disksOf(kernelFile('/proc/diskstats') ?? '')) {
      const read = { 'system.device': disk.name, 'disk.io.direction': 'read' };
      const write = { 'system.device': disk.name, 'disk.io.direction': 'write' };
      io.point(read).value = disk.readBytes;
      io.point(write).value = disk.writtenBytes;
      operations.point(read).value = disk.reads;
      operations.point(write).value = disk.writes;
      busy.point({ 'system.device': disk.name }).value = disk.busySeconds;
    }
  };
}

function networkUsage(define: Define): () => void {
  const io = define('system.network.io', 'counter', 'By', 'Bytes received and sent, by interface');
  const packets = define('system.network.packet.count', 'counter', '{packet}', 'Packets, by interface');
  const errors = define('system.network.errors', 'counter', '{error}', 'Errors of an interface');
  const dropped = define('system.network.packet.dropped', 'counter', '{packet}', 'Packets that an interface dropped');
  return () => {
    for (const { name, received, sent } of interfacesOf(kernelFile('/proc/net/dev') ?? '')) {
      for (const [direction, counts] of [['receive', received] as const, ['transmit', sent] as const]) {
        const attributes = { 'network.interface.name': name, 'network.io.direction': direction };
        io.point(attributes).value = counts.bytes;
        packets.point(attributes).value = counts.packets;
        errors.point(attributes).value = counts.errors;
        dropped.point(attributes).value = counts.dropped;
      }
    }
  };
}

/** The file system on which the process works. It may be one that hangs, so it is asked beside the loop, and once at a time. */
function filesystemUsage(define: Define): () => void {
  const usage = define(
    'system.filesystem.usage',
    'upDownCounter',
    'By',
    'Space of the file system that the process works on',
  );
  const utilization = define('system.filesystem.utilization', 'gauge', '1', 'Part of it that is in use');
  const folder = process.cwd();
  const mount = { 'system.filesystem.mountpoint': parse(folder).root };
  let isAsking = false;
  const ask = (): void => {
    if (isAsking) return;
    isAsking = true;
    fs.statfs(folder, (error, found) => {
      isAsking = false;
      if (error !== null || found.blocks === 0) return;
      const used = found.blocks - found.bfree;
      usage.point({ ...mount, 'system.filesystem.state': 'used' }).value = used * found.bsize;
      usage.point({ ...mount, 'system.filesystem.state': 'free' }).value = found.bavail * found.bsize;
      // As `df` has it: what only root may use counts as neither.
      utilization.point(mount).value = used / Math.max(1, used + found.bavail);
    });
  };
  ask();
  return ask;
}
