import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

/** The project's root folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The built command line program. */
export const cli = join(root, 'packages', 'server', 'dist', 'cli', 'main.js');

const endpoints = z.object({
  pid: z.number(),
  ui: z.string().nullable(),
  otlpHttp: z.string().nullable(),
  otlpGrpc: z.string().nullable(),
  datadog: z.string().nullable(),
  statsd: z.string().nullable(),
  fluent: z.string().nullable(),
  syslog: z.string().nullable(),
});

/** A running `bellwether up` of its own: its own data folder, free ports. */
export interface Instance {
  readonly api: string;
  readonly otlp: string;
  readonly grpc: string;
  /** Where the other protocols listen, as `127.0.0.1:8125`; '' when one is off. */
  readonly others: Readonly<Record<'datadog' | 'statsd' | 'fluent' | 'syslog', string>>;
  readonly dataDir: string;
  readonly receiverPid: number;
  /** The server process as it is now; undefined while it is dead. */
  serverPid(): number | undefined;
  /** Parsed JSON of a GET that must succeed. */
  get(path: string): Promise<unknown>;
  /** JSON to the API, as `/api/bw/v1/releases`, that must be taken. */
  post(path: string, body: object): Promise<void>;
  /** JSON to the port of telemetry, as `/v1/traces`, that must be taken. */
  send(path: string, body: object): Promise<void>;
  flush(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 of both processes at once. */
  killAll(): Promise<void>;
}

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** A new empty data folder's path, removed by `rmSync` in the test's own clean-up. */
export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'bellwether-e2e-'));

/** Asks `condition` until it gives something else than undefined; fails with `what` after `withinMs`. */
export async function until<T>(
  what: string,
  withinMs: number,
  condition: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const found = await condition();
    if (found !== undefined) return found;
    if (performance.now() - start > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(25);
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state !== 'Z' && Number(parent) === pid;
      } catch {
        return false; // it ended while we looked
      }
    })
    .map(Number);
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise(resolve => child.once('exit', code => resolve(code)));

/** A process that ends when the one that started it does may be gone before we come to it. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

async function postJson(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

/** The tables that `scripts/empty-store.mjs` made, for a folder without any: each start would wait for the disk to make them. */
function copyMadeTables(dataDir: string): void {
  const made = process.env['TEST_EMPTY_STORE'];
  const engine = join(dataDir, 'clickhouse');
  if (made === undefined || existsSync(engine)) return;
  cpSync(join(made, 'clickhouse'), engine, { recursive: true, verbatimSymlinks: true });
}

/** Starts `bellwether up` on `dataDir` and waits until the API is ready. */
export async function startInstance(dataDir: string, flags: readonly string[] = []): Promise<Instance> {
  const ports = ['listen', 'ingest', 'grpc', 'datadog', 'statsd', 'fluent', 'syslog'].flatMap(name => [
    `--${name}`,
    '127.0.0.1:0',
  ]);
  copyMadeTables(dataDir);
  const child = spawn(process.execPath, [cli, 'up', '--data', dataDir, ...ports, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  child.stdout.on('data', chunk => (printed += String(chunk)));
  child.stderr.on('data', chunk => (printed += String(chunk)));
  const { pid } = child;
  if (pid === undefined) throw new Error('bellwether did not start');
  const file = join(dataDir, 'endpoints.json');
  const found = await until('bellwether up is ready', 60_000, async () => {
    if (child.exitCode !== null) throw new Error(`bellwether up ended with code ${child.exitCode}:\n${printed}`);
    if (!existsSync(file)) return undefined;
    try {
      const now = endpoints.parse(JSON.parse(readFileSync(file, 'utf8')));
      if (now.pid !== pid || now.ui === null) return undefined;
      return (await fetch(`${now.ui}/health/ready`)).ok ? now : undefined;
    } catch {
      return undefined; // being written, or not listening yet
    }
  });
  const api = found.ui ?? '';
  return {
    api,
    otlp: found.otlpHttp ?? '',
    grpc: found.otlpGrpc ?? '',
    others: {
      datadog: found.datadog ?? '',
      statsd: found.statsd ?? '',
      fluent: found.fluent ?? '',
      syslog: found.syslog ?? '',
    },
    dataDir,
    receiverPid: pid,
    serverPid: () => childrenOf(pid)[0],
    async get(path) {
      const answer = await fetch(api + path);
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
    post: (path, body) => postJson(api + path, body),
    send: (path, body) => postJson(`${found.otlpHttp}${path}`, body),
    async flush() {
      const answer = await fetch(`${api}/api/bw/v1/flush`, { method: 'POST' });
      if (!answer.ok) throw new Error(`flush answered ${answer.status}: ${await answer.text()}`);
    },
    async stop() {
      child.kill('SIGTERM');
      return exitOf(child);
    },
    async killAll() {
      const server = childrenOf(pid);
      process.kill(pid, 'SIGKILL');
      for (const other of server) killIfThere(other);
      await exitOf(child);
    },
  };
}

/** Rows of a query on the store of a stopped instance, asked in a process of its own. */
export async function stored(dataDir: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const script = `
    import { Session } from 'chdb';
    const session = new Session(process.argv[1]);
    process.stdout.write(session.query(process.argv[2], 'JSONEachRow'), () => process.exit(0));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script, join(dataDir, 'clickhouse'), sql],
    { cwd: join(root, 'packages', 'server'), maxBuffer: 256 * 1024 * 1024 },
  );
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
}

/** Removes a data folder. */
export const removeDataDir = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });
