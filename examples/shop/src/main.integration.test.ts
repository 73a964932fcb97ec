import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceNames } from './service/addresses.js';
import { startOtlpSink, type OtlpSink, type SeenSpan } from './otlp-sink.js';

// The shop as it is built, with its real services, database and SDK; only the server it reports to is a small one.
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Good releases of checkout are even, bad ones odd. */
const badVersion = expect.stringMatching(/^v4\d[13579]$/);
const patience = { timeout: 60_000, interval: 200 };

let sink: OtlpSink;
let shop: ChildProcess;
let gatewayUrl: string;

beforeAll(async () => {
  sink = await startOtlpSink();
  shop = fork(main, ['--otlp', sink.url, '--port', '0', '--fast', '--rate', '15'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: shopEnvironment(),
  });
  gatewayUrl = await opened(shop);
});

afterAll(async () => {
  shop?.kill('SIGKILL');
  await sink?.stop();
});

test('all six services report, each with its name and version', async () => {
  await expect
    .poll(() => [...new Set(sink.spans.map(span => span.service))].sort(), patience)
    .toEqual([...serviceNames].sort());
  expect(sink.spans.every(span => /^v\d+$/.test(span.version))).toBe(true);
});

test('a checkout is one trace through all six services, the worker included', async () => {
  // The services send when each of them likes to: a trace is whole once all parents are there.
  await expect.poll(() => throughAll().map(rootsOf), patience).toContainEqual(['gateway POST /v1/checkout']);
  const trace = throughAll().find(spans => rootsOf(spans).length === 1) ?? [];
  expect(trace.map(span => `${span.service} ${span.name}`)).toContain('worker process order.confirmed');
});

test('spans carry the tenant, log lines the trace they belong to', async () => {
  await expect.poll(() => sink.logs.some(line => line.body.startsWith('order placed')), patience).toBe(true);
  const requests = sink.spans.filter(span => span.kind === 2 && span.name.includes('/v1/'));
  expect(requests.filter(span => span.attributes['tenant.id'] === undefined)).toEqual([]);
  const order = sink.logs.find(line => line.body.startsWith('order placed'));
  expect(order?.attributes).toMatchObject({
    order_id: expect.stringMatching(/^ord_/),
    amount_minor: expect.any(Number),
  });
  const known = traces();
  expect(known.has(order?.traceId ?? '')).toBe(true);
  const lines = sink.logs.filter(
    line => line.attributes['order_id'] !== undefined || line.body === 'request completed',
  );
  expect(lines.filter(line => line.traceId === '')).toEqual([]);
});

test('asking an empty queue for work leaves no trace', () => {
  expect(
    sink.spans.filter(span => span.parentSpanId === '' && span.attributes['db.system.name'] !== undefined),
  ).toEqual([]);
});

test('[U5] the gateway answers its health checks', async () => {
  const answers = ['/health', '/health/live', '/health/ready'].map(
    async path => (await fetch(gatewayUrl + path)).status,
  );
  expect(await Promise.all(answers)).toEqual([200, 200, 200]);
});

test('[U3] load and errors are made on request', async () => {
  const load = await fetch(`${gatewayUrl}/simulate/load?seconds=1`);
  expect([load.status, await load.json()]).toEqual([202, { requestsPerSecond: 20, until: expect.any(String) }]);
  expect((await fetch(`${gatewayUrl}/simulate/load?seconds=3600`)).status).toBe(400);
  expect((await fetch(`${gatewayUrl}/simulate/error`, { method: 'POST' })).status).toBe(500);
  await expect
    .poll(() => sink.spans.find(span => span.name === 'POST /simulate/error'), patience)
    .toMatchObject({ service: 'gateway', status: 2, exceptions: ['SimulatedError'] });
});

test('[U4] the test error is an unhandled error of the gateway', async () => {
  const response = await fetch(`${gatewayUrl}/test/error`);
  expect(response.status).toBe(500);
  await expect
    .poll(() => sink.spans.some(span => span.name === 'GET /test/error' && span.status === 2), patience)
    .toBe(true);
  expect(sink.logs.some(line => line.severity >= 17 && line.attributes['exception.type'] === 'SimulatedError')).toBe(
    true,
  );
});

test('vendors are called by their names, and carriers one after the other', async () => {
  await expect.poll(() => peers().has('northpay') && peers().has('postbox'), patience).toBe(true);
  const answer = await fetch(`${gatewayUrl}/v1/delivery-options`, { headers: { 'x-tenant-id': 'globex' } });
  expect(await answer.json()).toMatchObject({
    options: [{ carrier: 'swiftparcel' }, { carrier: 'nordpost' }, { carrier: 'cargoline' }],
  });
});

test('a mailbox that is gone refuses the receipt at every try, and the order stays', async () => {
  const headers = { 'x-tenant-id': 'globex', 'x-user-id': 'u_10040', 'content-type': 'application/json' };
  const post = async (path: string, body: object): Promise<unknown> =>
    (await fetch(gatewayUrl + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  await post('/v1/carts/gone/items', { sku: 'GLX-003', quantity: 1 });
  await expect
    .poll(() => post('/v1/checkout', { cartId: 'gone', provider: 'northpay' }), patience)
    .toMatchObject({ state: 'paid' });
  await expect.poll(() => refused().length, patience).toBeGreaterThan(1);
  expect(refused().map(span => span.attributes['job.attempt'])).toContain(2);
});

test('the bad release brings its queries and its error, and is rolled back', async () => {
  const headers = { 'x-tenant-id': 'globex', 'x-user-id': 'u_1', 'content-type': 'application/json' };
  const post = (path: string, body: object) =>
    fetch(gatewayUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  for (let nth = 10; nth < 30; nth++) await post('/v1/carts/large/items', { sku: `GLX-0${nth}`, quantity: 5 });
  await expect.poll(async () => (await post('/v1/checkout/quote', { cartId: 'large' })).status, patience).toBe(502);
  await expect.poll(failed, patience).toMatchObject({ service: 'checkout', version: badVersion, status: 2 });
  const perTrace = new Map<string, number>();
  for (const span of sink.spans) {
    if (span.name !== 'SELECT price_rules' || span.version !== failed()?.version) continue;
    perTrace.set(span.traceId, (perTrace.get(span.traceId) ?? 0) + 1);
  }
  expect(Math.max(...perTrace.values())).toBeGreaterThan(3); // a good release asks once
  await expect.poll(laterVersions, patience).toContainEqual(expect.stringMatching(/^v4\d[02468]$/));
});

test('the shop ends cleanly on SIGTERM and leaves no process behind', async () => {
  const family = descendants(shop.pid ?? 0);
  expect(family.length).toBeGreaterThanOrEqual(serviceNames.length + 1);
  const ended = new Promise(resolve => {
    shop.once('exit', (code, signal) => resolve({ code, signal }));
  });
  shop.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(family.filter(isAlive)).toEqual([]);
});

test('a shop that is killed takes its services and its database with it', async () => {
  const killed = fork(main, ['--otlp', sink.url, '--port', '0', '--no-traffic'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: shopEnvironment(),
  });
  await opened(killed);
  const family = descendants(killed.pid ?? 0);
  killed.kill('SIGKILL');
  await expect.poll(() => family.filter(isAlive)).toEqual([]);
});

test('a shop whose parent lets go of its standard input ends', async () => {
  const child = spawn(process.execPath, [main, '--otlp', sink.url, '--port', '0', '--no-traffic'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: shopEnvironment(),
  });
  const firstLine = new Promise<string>(resolve => {
    child.stdout.once('data', (text: Buffer) => resolve(text.toString()));
  });
  expect(await firstLine).toMatch(/^The shop is open at http:\/\/127\.0\.0\.1:\d+\n$/);
  const ended = new Promise(resolve => {
    child.once('exit', resolve);
  });
  child.stdin.end();
  expect(await ended).toBe(0);
});

function traces(): ReadonlyMap<string, readonly SeenSpan[]> {
  const byTrace = new Map<string, SeenSpan[]>();
  for (const span of sink.spans) {
    const spans = byTrace.get(span.traceId);
    if (spans === undefined) byTrace.set(span.traceId, [span]);
    else spans.push(span);
  }
  return byTrace;
}

/** Without a PostgreSQL or Redis that happens to be configured here. */
function shopEnvironment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, REDIS_URL: _redis, NODE_ENV: _environment, ...rest } = process.env;
  return rest;
}

async function opened(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: { readonly gatewayUrl: string }) => resolve(message.gatewayUrl));
    child.once('exit', code => reject(new Error(`the shop ended with code ${code} before it opened`)));
  });
}

/** What the spans begin with whose parents are not there. */
function rootsOf(trace: readonly SeenSpan[]): readonly string[] {
  const ids = new Set(trace.map(span => span.spanId));
  return trace.filter(span => !ids.has(span.parentSpanId)).map(span => `${span.service} ${span.name}`);
}

/** Traces that all services took part in. */
function throughAll(): readonly (readonly SeenSpan[])[] {
  return [...traces().values()].filter(spans => servicesOf(spans) === serviceNames.length);
}

function servicesOf(spans: readonly SeenSpan[]): number {
  return new Set(spans.map(span => span.service)).size;
}

function peers(): ReadonlySet<unknown> {
  return new Set(sink.spans.map(span => span.attributes['service.peer.name']));
}

/** Jobs for the user whose mailbox is gone, as often as they failed. */
function refused(): readonly SeenSpan[] {
  return sink.spans.filter(span => span.attributes['user.id'] === 'u_10040' && span.exceptions.includes('MailRefused'));
}

function failed(): SeenSpan | undefined {
  return sink.spans.find(span => span.exceptions.includes('PriceRuleTimeout'));
}

/** The versions of checkout that were first seen after the one that failed. */
function laterVersions(): readonly string[] {
  const versions = checkoutVersions();
  return versions.slice(versions.indexOf(failed()?.version ?? '') + 1);
}

function checkoutVersions(): readonly string[] {
  return [...new Set(sink.spans.filter(span => span.service === 'checkout').map(span => span.version))];
}

/** Ids of all processes below one. */
function descendants(pid: number): readonly number[] {
  const parents = parentsById();
  const below = (parent: number): readonly number[] =>
    [...parents].flatMap(([id, itsParent]) => (itsParent === parent ? [id, ...below(id)] : []));
  return below(pid);
}

function parentsById(): ReadonlyMap<number, number> {
  if (!existsSync('/proc/self/stat')) {
    const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=']).toString().trim().split('\n');
    return new Map(table.map(line => line.trim().split(/\s+/).map(Number)).map(([id = 0, parent = 0]) => [id, parent]));
  }
  const ids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return new Map(ids.map(id => [Number(id), parentByProc(id)]));
}

/** The fourth field of /proc/<pid>/stat; the second is the name in parentheses and may hold anything. */
function parentByProc(id: string): number {
  try {
    return Number(
      readFileSync(`/proc/${id}/stat`, 'utf8')
        .replace(/^.*\) \S+ /s, '')
        .split(' ')[0],
    );
  } catch {
    return 0; // it ended meanwhile
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
