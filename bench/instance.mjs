// Starts a Bellwether of its own for a bench: temporary data, free ports; and reads what its processes cost from /proc.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cli = join(root, 'packages', 'server', 'dist', 'cli', 'main.js');
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

/** CPU time in µs and memory in bytes of one process. Linux counts in ticks of 10 ms. */
export function cost(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = name => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return {
    cpuUs: (Number(fields[11]) + Number(fields[12])) * 10_000,
    rssBytes: kib('VmRSS') * 1024,
    peakBytes: kib('VmHWM') * 1024,
  };
}

/** Direct children of a process. */
export function children(pid) {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}

const othersOff = ['datadog', 'statsd', 'fluent', 'syslog'].flatMap(name => [`--${name}`, 'off']);

/** Starts `bellwether up`; resolves when the API says it is ready. `dataDir` is kept when it is given. */
export async function startInstance({ dataDir, flags = [] } = {}) {
  const data = dataDir ?? mkdtempSync(join(tmpdir(), 'bellwether-bench-'));
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      cli,
      'up',
      '--data',
      data,
      '--listen',
      '127.0.0.1:0',
      '--ingest',
      '127.0.0.1:0',
      '--grpc',
      'off',
      ...othersOff,
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = new Promise(resolve => child.on('exit', resolve));
  const file = join(data, 'endpoints.json');
  let endpoints;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`bellwether up ended with code ${child.exitCode}`);
    if (existsSync(file)) {
      try {
        endpoints = JSON.parse(readFileSync(file, 'utf8'));
        if (endpoints.pid === child.pid && endpoints.ui) {
          const answer = await fetch(`${endpoints.ui}/health/ready`);
          if (answer.ok) break;
        }
      } catch {
        // not there yet
      }
    }
    await sleep(20);
  }
  const readyMs = performance.now() - started;
  const [serverPid] = children(child.pid);
  return {
    data,
    api: endpoints.ui,
    otlp: endpoints.otlpHttp,
    receiverPid: child.pid,
    serverPid,
    readyMs,
    async get(path) {
      const answer = await fetch(endpoints.ui + path);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    async flush() {
      const answer = await fetch(`${endpoints.ui}/api/bw/v1/flush`, { method: 'POST' });
      if (!answer.ok) throw new Error(`flush: ${answer.status} ${await answer.text()}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      if (dataDir === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

export const median = values => [...values].sort((a, b) => a - b)[values.length >> 1];

/** What the figures were measured on. */
export function machine() {
  const cpu = readFileSync('/proc/cpuinfo', 'utf8');
  return {
    node: process.version,
    cores: (cpu.match(/^processor/gm) ?? []).length,
    cpu: /model name\s*: (.*)/.exec(cpu)?.[1] ?? 'unknown',
    date: new Date().toISOString().slice(0, 10),
  };
}
