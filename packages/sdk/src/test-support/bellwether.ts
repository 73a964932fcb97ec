import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const cli = join(dirname(fileURLToPath(import.meta.url)), '../../../server/dist/cli/main.js');

/** A Bellwether that applications under test send to. */
export interface RunningBellwether {
  /** Where the SDK sends. */
  readonly ingest: string;
  /** Parsed JSON of a GET of the API that must succeed. */
  get(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts the built program on free ports and a data folder of its own. */
export async function startBellwether(): Promise<RunningBellwether> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-sdk-'));
  const flags = ['listen', 'ingest'].flatMap(name => [`--${name}`, '127.0.0.1:0']);
  const off = ['grpc', 'datadog', 'statsd', 'fluent', 'syslog'].flatMap(name => [`--${name}`, 'off']);
  const child = spawn(process.execPath, [cli, 'up', '--data', dataDir, ...flags, ...off], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (printed += String(chunk)));
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
  const { ui, otlpHttp } = await until('bellwether up is ready', async () => {
    if (child.exitCode !== null) throw new Error(`bellwether up ended with ${child.exitCode}: ${printed}`);
    const found = endpointsOf(join(dataDir, 'endpoints.json'));
    if (found === undefined || found.ui === null || found.otlpHttp === null) return undefined;
    const ready = await fetch(`${found.ui}/health/ready`).catch(() => undefined);
    return ready?.ok === true ? { ui: found.ui, otlpHttp: found.otlpHttp } : undefined;
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    ingest: otlpHttp,
    async get(path) {
      const answer = await fetch(ui + path);
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
    stop,
  };
}

interface Endpoints {
  readonly ui: string | null;
  readonly otlpHttp: string | null;
}

/** Undefined while it is not there, or being written. */
function endpointsOf(file: string): Endpoints | undefined {
  if (!existsSync(file)) return undefined;
  try {
    // Our own program wrote it.
    return JSON.parse(readFileSync(file, 'utf8')) as Endpoints;
  } catch {
    return undefined;
  }
}

/** Asks until there is an answer; fails with `what` after 90 seconds. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (const startMs = performance.now(); performance.now() - startMs < 90_000;) {
    const found = await ask();
    if (found !== undefined) return found;
    await delay(100);
  }
  throw new Error(`not within 90 s: ${what}`);
}
