import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readEndpoints, type Endpoints } from './endpoints.js';
import { copyMadeTables } from '../store/made-tables.test-support.js';

/** The program as it is shipped: `npm test` and `npm run check` build it first. */
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const anyPorts = ['--listen', '0', '--ingest', '0', '--grpc', '0'];

let dataDir: string;
let started: ChildProcess[];

beforeAll(() => {
  if (!existsSync(main)) throw new Error('packages/server is not built: run `npm run build`');
});
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellwether-up-'));
  started = [];
});
afterEach(async () => {
  for (const { child, ended } of started.map(child => ({ child, ended: exitOf(child) }))) {
    child.kill('SIGKILL');
    await ended;
  }
  await removeWhenFree(dataDir);
});

/** A server process that lost its supervisor has a moment to go, and writes until then. */
async function removeWhenFree(folder: string): Promise<void> {
  await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 });
}

interface Program {
  readonly child: ChildProcess;
  printed(): string;
  readonly code: Promise<number | null>;
}

function bellwether(args: readonly string[]): Program {
  const child = spawn(process.execPath, [main, ...args], { cwd: dataDir, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  child.stdout?.on('data', chunk => (text += chunk));
  child.stderr?.on('data', chunk => (text += chunk));
  return { child, printed: () => text, code: exitOf(child) };
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise(resolve => child.once('exit', code => resolve(code)));

async function ready(program: Program): Promise<Endpoints> {
  await expect.poll(() => program.printed(), { timeout: 30_000, interval: 20 }).toContain('is ready.');
  const endpoints = await readEndpoints(dataDir);
  if (endpoints === undefined) throw new Error('no endpoints.json');
  return endpoints;
}

function killServer({ serverPid }: Endpoints): void {
  if (serverPid === null) throw new Error('no server process is named in endpoints.json');
  process.kill(serverPid, 'SIGKILL');
}

/** On a folder that has tables already, but for the first test: to make them takes longer than all the rest. */
function up(): Program {
  copyMadeTables(dataDir);
  return onNewFolder();
}

const onNewFolder = (): Program => bellwether(['up', '--data', dataDir, ...anyPorts]);

async function sendSpan({ otlpHttp }: Endpoints, name: string): Promise<number> {
  const startNs = `${Date.now()}000000`;
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: name.padEnd(16, '0').slice(0, 16),
    name,
    kind: 2,
    startTimeUnixNano: startNs,
    endTimeUnixNano: `${BigInt(startNs) + 5_000_000n}`,
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  const response = await fetch(`${otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function spanNames({ ui }: Endpoints): Promise<readonly string[]> {
  const flushed = await fetch(`${ui}/api/bw/v1/flush`, { method: 'POST' });
  expect(flushed.status).toBe(200);
  await flushed.arrayBuffer();
  const trace: unknown = await (await fetch(`${ui}/api/bw/v1/traces/0af7651916cd43dd8448eb211c80319c`)).json();
  return typeof trace === 'object' && trace !== null && 'names' in trace && Array.isArray(trace.names)
    ? trace.names.toSorted()
    : [];
}

test('up says where to look, takes a span, shows it, and stops at once on Ctrl-C; a second start has it still', async () => {
  const first = onNewFolder();
  const endpoints = await ready(first);
  expect(first.printed()).toContain(`Open  ${endpoints.ui}\n  Send  ${endpoints.otlpHttp}  OTLP over HTTP`);
  expect(await sendSpan(endpoints, 'a')).toBe(200);
  expect(await spanNames(endpoints)).toEqual(['a']);

  const startedMs = performance.now();
  first.child.kill('SIGINT');
  expect(await first.code).toBe(0);
  // A second on a machine that does nothing else.
  expect(performance.now() - startedMs).toBeLessThan(10_000);
  expect(await readEndpoints(dataDir)).toBeUndefined();
  expect((await readdir(dataDir)).toSorted()).toEqual(['blocks', 'clickhouse', 'control.db', 'engine.xml', 'wal']);

  expect(await spanNames(await ready(up()))).toEqual(['a']);
});

test('with the server process killed the receiver goes on, and what it took is shown when the server is back', async () => {
  const endpoints = await ready(up());
  expect(await sendSpan(endpoints, 'b')).toBe(200);
  killServer(endpoints);
  expect(await sendSpan(endpoints, 'c')).toBe(200);
  await expect.poll(async () => (await readEndpoints(dataDir))?.serverPid).not.toBe(endpoints.serverPid);
  // The receiver comes back to the new server by itself.
  await expect.poll(async () => (await fetch(`${endpoints.ui}/api/bw/v1/flush`, { method: 'POST' })).status).toBe(200);
  expect(await spanNames(endpoints)).toEqual(['b', 'c']);
});

test('kill -9 of the receiver leaves no server behind, and a new start takes the folder over with what was acknowledged', async () => {
  const first = up();
  const endpoints = await ready(first);
  expect(await sendSpan(endpoints, 'd')).toBe(200);
  first.child.kill('SIGKILL');
  const second = up();
  expect(await spanNames(await ready(second))).toEqual(['d']);
});

test('a second start on the same folder is refused with the number of the first', async () => {
  const first = up();
  await ready(first);
  const second = up();
  expect(await second.code).toBe(1);
  expect(second.printed()).toContain(
    `the data folder ${dataDir} is in use by the process ${first.child.pid}; stop that one`,
  );
});

test('a role that runs already is refused to a second process, and what is known of the first stays', async () => {
  const first = up();
  const endpoints = await ready(first);
  const second = bellwether(['serve', '--data', dataDir, '--listen', '0']);
  expect(await second.code).toBe(1);
  expect(second.printed()).toContain(`is in use by the process ${first.child.pid}; stop that one`);
  expect(await readEndpoints(dataDir)).toEqual(endpoints);
});

test('one port for two listeners is refused with both flags', async () => {
  const program = bellwether(['up', '--data', dataDir, '--listen', '45678', '--ingest', '45678', '--grpc', 'off']);
  expect(await program.code).toBe(2);
  expect(program.printed()).toBe('--listen and --ingest both say 127.0.0.1:45678; give each a port of its own\n');
});

test('data of a newer version is refused, once and clearly', async () => {
  const first = up();
  await ready(first);
  first.child.kill('SIGTERM');
  await first.code;
  const { openChdbStore } = await import('../store/chdb-store.js');
  const store = await openChdbStore({ dataDir });
  await store.command("INSERT INTO migrations SELECT 9999, 1, '9999-later.sql', '7.0.0', now64(3)");
  await store.close();

  const second = up();
  expect(await second.code).toBe(1);
  expect(second.printed()).toContain('the data was written by Bellwether 7.0.0 (schema 9999)');
  expect(second.printed().trim().split('\n')).toHaveLength(1);
});

test('a busy gRPC port is a warning, a busy main port an error that names its holder', async () => {
  const first = up();
  const { ui, otlpGrpc } = await ready(first);
  const [uiPort = '', grpcPort = ''] = [ui, otlpGrpc].map(url => new URL(url ?? '').port);
  const other = join(dataDir, 'other');

  const second = bellwether(['up', '--data', other, '--listen', '0', '--ingest', '0', '--grpc', grpcPort]);
  await expect.poll(() => second.printed(), { timeout: 30_000 }).toContain('is ready.');
  expect(second.printed()).toContain(`Warning: OTLP over gRPC is off: port ${grpcPort} is in use`);
  second.child.kill('SIGTERM');
  await second.code;

  const third = bellwether(['up', '--data', other, '--listen', uiPort, '--ingest', '0', '--grpc', 'off']);
  expect(await third.code).toBe(1);
  expect(third.printed()).toContain(`port ${uiPort} is in use`);
  expect(third.printed()).toContain('choose another with --listen <port>');
});

test('the roles run alone on one folder, and the doctor finds both well', async () => {
  await writeFile(join(dataDir, 'bellwether.yaml'), 'retention:\n  logsDays: 7\n');
  const server = bellwether(['serve', '--data', dataDir, '--listen', '0']);
  const { ui } = await ready(server);
  const receiver = bellwether(['receive', '--data', dataDir, '--ingest', '0', '--grpc', 'off']);
  const endpoints = await ready(receiver);
  const { otlpHttp } = endpoints;
  expect(endpoints.ui).toBe(ui);
  expect(await sendSpan(endpoints, 'e')).toBe(200);
  expect(await spanNames(endpoints)).toEqual(['e']);

  // The receiver tells the server once a second what it has counted.
  const doctor = async (): Promise<string> => {
    const program = bellwether(['doctor', '--data', dataDir]);
    return `${await program.code} ${program.printed()}`;
  };
  await expect.poll(doctor, { timeout: 20_000 }).toContain('traces: 1 received');
  const said = await doctor();
  expect(said).toContain(`Pages and API: answers on ${ui}`);
  expect(said).toContain(`answers on ${otlpHttp}`);
  expect(said).toMatch(/^0 /);
});

test('the data folder and what is in it are for the owner only', async () => {
  await ready(up());
  const modes = await Promise.all(
    ['lock', 'server.sock', 'wal', 'blocks', 'clickhouse'].map(
      async name => (await stat(join(dataDir, name))).mode & 0o077,
    ),
  );
  expect(modes).toEqual([0, 0, 0, 0, 0]);
});

test('a Node that is too old is refused in one line, before anything it could not read is loaded', async () => {
  const older = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })";
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(older)}`, main, 'up']);
  started.push(child);
  let said = '';
  child.stderr.on('data', chunk => (said += chunk));
  expect(await exitOf(child)).toBe(1);
  expect(said).toBe(
    'bellwether needs Node.js 20.19 or newer; this is 18.20.4. Install it from https://nodejs.org or with your version manager.\n',
  );
});
