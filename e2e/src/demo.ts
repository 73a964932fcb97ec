import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '../../packages/sdk/dist/test-support/free-port.js';
import { root, until } from './instance.ts';

/** `npm start` with the sample shop, on free ports. */
export interface Demo {
  readonly api: string;
  /** Milliseconds from the start of the script until the API answered. */
  readonly readyMs: number;
  printed(): string;
  get(path: string): Promise<unknown>;
  flush(): Promise<void>;
  /** Ctrl-C; resolves with the exit code and how long it took. */
  interrupt(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** This demo's processes as they are now. */
  processes(): readonly number[];
}

const endpoints = z.object({ ui: z.string(), otlpHttp: z.string() });

/** Runs `scripts/start.mjs` as `npm start` does. */
export async function startDemo(
  dataDir: string,
  flags: readonly string[] = [],
  shopFlags: readonly string[] = [],
): Promise<Demo> {
  const started = performance.now();
  const shopPort = await freePort();
  const child = spawn(
    process.execPath,
    [
      join(root, 'scripts', 'start.mjs'),
      '--data',
      dataDir,
      '--listen',
      '127.0.0.1:0',
      '--ingest',
      '127.0.0.1:0',
      ...['grpc', 'datadog', 'statsd', 'fluent', 'syslog'].flatMap(name => [`--${name}`, 'off']),
      ...flags,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, BELLWETHER_SHOP_FLAGS: ['--port', shopPort, ...shopFlags].join(' ') },
    },
  );
  let printed = '';
  child.stdout.on('data', chunk => (printed += String(chunk)));
  child.stderr.on('data', chunk => (printed += String(chunk)));
  const file = join(dataDir, 'endpoints.json');
  const found = await until('npm start answers', 120_000, async () => {
    if (child.exitCode !== null) throw new Error(`npm start ended with code ${child.exitCode}:\n${printed}`);
    if (!existsSync(file)) return undefined;
    try {
      const now = endpoints.parse(JSON.parse(readFileSync(file, 'utf8')));
      return (await fetch(`${now.ui}/health/ready`)).ok ? now : undefined;
    } catch {
      return undefined; // being written, or not listening yet
    }
  });
  const readyMs = performance.now() - started;
  return {
    api: found.ui,
    readyMs,
    printed: () => printed,
    async get(path) {
      const answer = await fetch(found.ui + path);
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
    async flush() {
      await fetch(`${found.ui}/api/bw/v1/flush`, { method: 'POST' });
    },
    async interrupt() {
      const start = performance.now();
      const code = await new Promise<number | null>(resolve => {
        if (child.exitCode !== null) return resolve(child.exitCode);
        child.once('exit', resolve);
        // Ctrl-C in a terminal reaches the whole group.
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      });
      return { code, tookMs: performance.now() - start };
    },
    processes: () => (child.pid === undefined ? [] : descendants(child.pid)),
  };
}

/** A process and all below it. */
function descendants(pid: number): readonly number[] {
  const all = listProcesses();
  const found = [pid];
  for (const one of found) found.push(...all.filter(other => other.parent === one).map(other => other.pid));
  return found;
}

/** Which of these processes are still there. */
export const stillAlive = (pids: readonly number[]): readonly number[] => {
  const alive = new Set(listProcesses().map(one => one.pid));
  return pids.filter(pid => alive.has(pid));
};

function listProcesses(): readonly { readonly pid: number; readonly parent: number }[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .flatMap(pid => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' ? [] : [{ pid, parent: Number(parent) }];
      } catch {
        return []; // it ended while we looked
      }
    });
}
