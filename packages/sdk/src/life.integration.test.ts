import { spawnSync } from 'node:child_process';
import net from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from './test-support/child-app.js';
import type { SeenPoint } from './test-support/otlp.js';
import { type Sink, startSink } from './test-support/sink.js';

let sink: Sink;
const apps: ChildApp[] = [];

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop('SIGKILL');
  await sink.close();
});

async function run(name: string, environment: Record<string, string> = {}): Promise<ChildApp> {
  const app = await startApp(name, { BELLWETHER_URL: sink.url, ...environment });
  apps.push(app);
  return app;
}

const pointsOf = (name: string): readonly SeenPoint[] => sink.points.filter(point => point.metric === name);

const value = (name: string): number => pointsOf(name).at(-1)?.value ?? Number.NaN;

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 45_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('it did not happen within 45 s');
    await new Promise(resolve => setTimeout(resolve, 30));
  }
}

test('[A7] SIGTERM: what was recorded is sent, and the process ends by the signal as it would without us', async () => {
  const app = await run('fastify');
  await app.get('/orders/1');
  expect(await app.stop('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  expect(sink.spans.map(span => span.name)).toEqual(['GET /orders/:id']);
  expect(sink.logs.map(log => log.eventName).filter(name => name !== '')).toEqual(['app.startup', 'app.shutdown']);
  expect(sink.logs.find(log => log.eventName === 'app.shutdown')?.attributes['reason']).toBe('SIGTERM');
});

test('an application that handles SIGTERM itself ends as it wants', async () => {
  const app = await run('raw');
  await app.get('/');
  expect(await app.stop('SIGTERM')).toEqual({ code: 4, signal: null });
  expect(sink.spans).toHaveLength(1);
});

test('[A7] process.exit in a handler: what was recorded is sent, the code is kept', async () => {
  const app = await run('fastify');
  await app.get('/orders/1');
  await app.get('/exit').catch(() => undefined);
  await until(() => app.process.exitCode !== null);
  expect(app.process.exitCode).toBe(3);
  expect(sink.spans.map(span => span.name)).toContain('GET /orders/:id');
});

test('[A7][I1] a fatal error is recorded and sent before the process ends as always', async () => {
  const app = await run('fastify');
  await app.get('/crash');
  await until(() => app.process.exitCode !== null);
  expect(app.process.exitCode).toBe(1);
  expect(app.output.stderr).toContain('Error: out of nowhere');
  const log = sink.logs.find(log => log.severity === 21);
  expect(log).toMatchObject({
    body: 'Uncaught exception: out of nowhere',
    eventName: 'exception',
    attributes: { 'exception.type': 'Error' },
  });
  expect(log?.traceId).toBe(sink.spans.find(span => span.name === 'GET /crash')?.traceId);
});

test('an unhandled rejection that the application tolerates is recorded, and still tolerated', async () => {
  const app = await run('raw', { REJECT: '1' });
  expect((await app.get('/')).status).toBe(200);
  await app.stop();
  expect(sink.logs.filter(log => log.body === 'Unhandled rejection: nobody looks')).toHaveLength(1);
});

test('[A6] the server away: the application answers, one line is printed, and what was kept arrives when it is back', async () => {
  const url = new URL(sink.url);
  await sink.close();
  const app = await run('fastify', { BELLWETHER_URL: url.origin });
  for (let index = 0; index < 5; index++) {
    expect((await app.get(`/orders/${index}`)).status).toBe(200);
    await new Promise(resolve => setTimeout(resolve, 400));
  }
  await until(() => app.output.stderr.includes('Bellwether'));
  expect(app.output.stderr.split('\n').filter(line => line.includes('Bellwether')).length).toBe(1);
  expect(app.output.stderr).toContain(`cannot reach ${url.origin}`);
  sink = await startSink(Number(url.port));
  await until(() => sink.spans.length >= 5);
  expect(sink.spans.map(span => span.attributes['url.path'])).toEqual([0, 1, 2, 3, 4].map(index => `/orders/${index}`));
});

test('[A6] a server that takes bytes and never answers does not hold the end of the process for more than its deadline', async () => {
  const sockets = new Set<net.Socket>();
  const silent = net.createServer(socket => sockets.add(socket)).listen(0, '127.0.0.1');
  await new Promise(resolve => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const app = await run('fastify', { BELLWETHER_URL: `http://127.0.0.1:${port}` });
  await app.get('/orders/1');
  const startMs = Date.now();
  await app.stop('SIGTERM');
  // Two seconds are its deadline; the rest is for a machine that is busy.
  expect(Date.now() - startMs).toBeLessThan(10_000);
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('503 with Retry-After keeps the data and asks again later', async () => {
  sink.answer = { status: 503, headers: { 'retry-after': '1' } };
  const app = await run('fastify');
  await app.get('/orders/1');
  await until(() => sink.requests.length > 0);
  sink.answer = undefined;
  await until(() => sink.spans.length > 0);
  expect(sink.spans).toHaveLength(1);
});

test('a refusal is told once with its reason; the key goes out as a bearer token and is never printed [A9]', async () => {
  sink.answer = { status: 401, body: 'unknown key' };
  const app = await run('fastify', { BELLWETHER_KEY: 'bw_secret_key', BELLWETHER_DEBUG: '1' });
  await app.get('/orders/1');
  await until(() => sink.requests.length > 1);
  await app.stop();
  expect(sink.requests[0]?.authorization).toBe('Bearer bw_secret_key');
  expect(app.output.stderr).toContain('refused');
  expect(app.output.stderr).toContain('401 unknown key');
  expect(app.output.stderr + app.output.stdout).not.toContain('bw_secret_key');
});

test('[A3] switched off: nothing is sent, hooked or printed, and the API is there and idle', async () => {
  const app = await run('fastify', { BELLWETHER_ENABLED: 'false' });
  expect((await app.get('/orders/1', { 'x-tenant': 'acme' })).status).toBe(200);
  await new Promise(resolve => setTimeout(resolve, 1300));
  await app.stop();
  expect([sink.requests, app.output.stderr]).toEqual([[], '']);
  expect(app.output.stdout).not.toContain('trace_id');
});

test('bodies are compressed when the destination is told so, or is another machine', async () => {
  const app = await run('raw', { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' });
  await app.get('/');
  await until(() => sink.spans.length === 1);
  expect(sink.requests.map(request => request.encoding)).toContain('gzip');
});

test('[A8] the resource says who sends', async () => {
  const app = await run('raw', {
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=v412,team=core',
    BELLWETHER_ENVIRONMENT: 'staging',
  });
  await app.get('/');
  await app.stop();
  expect(sink.resources[0]).toMatchObject({
    'service.name': 'raw',
    'service.version': 'v412',
    team: 'core',
    'deployment.environment.name': 'staging',
    'process.pid': app.process.pid,
    'process.runtime.name': 'nodejs',
    'os.type': 'linux',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'bellwether',
  });
  expect(String(sink.resources[0]?.['service.instance.id'])).toMatch(/^[\da-f-]{36}$/);
});

test('[A4] the report says what was found and what not', async () => {
  const app = await run('fastify', { BELLWETHER_DEBUG: '1', BELLWETHER_DISABLE: 'pg' });
  await app.get('/orders/1');
  await app.stop();
  expect(app.output.stderr).toMatch(/fastify +seen \(5\.\d+\.\d+\)/);
  expect(app.output.stderr).toMatch(/express +waiting/);
  expect(app.output.stderr).toMatch(/pg +disabled/);
});

test('it does not keep a process alive, and a script that ends at once still sends', () => {
  const register = new URL('../dist/register.js', import.meta.url).pathname;
  const result = spawnSync(process.execPath, ['--import', register, '-e', 'console.log("done")'], {
    env: { PATH: process.env['PATH'] ?? '', BELLWETHER_URL: 'http://127.0.0.1:1', BELLWETHER_SPOOL: 'off' },
    timeout: 60_000,
    encoding: 'utf8',
  });
  expect([result.status, result.signal, result.stdout]).toEqual([0, null, 'done\n']);
});

test('[A7] a process that has run for a while ends too: no thread of ours holds it', () => {
  const register = new URL('../dist/register.js', import.meta.url).pathname;
  const index = new URL('../dist/index.js', import.meta.url).pathname;
  const script = `import { captureException } from '${index}'; captureException(new Error('x')); setTimeout(() => console.log('done'), 4000)`;
  const result = spawnSync(process.execPath, ['--import', register, '--input-type=module', '-e', script], {
    env: {
      PATH: process.env['PATH'] ?? '',
      BELLWETHER_SPOOL: 'off',
      BELLWETHER_DESTINATIONS: 'bellwether,datadog,sentry,prometheus',
      BELLWETHER_URL: 'http://127.0.0.1:1',
      DD_TRACE_AGENT_URL: 'http://127.0.0.1:1',
      SENTRY_DSN: 'http://key@127.0.0.1:1/1',
      BELLWETHER_PROMETHEUS_LISTEN: '127.0.0.1:0',
    },
    timeout: 60_000,
    encoding: 'utf8',
  });
  expect([result.status, result.signal, result.stdout]).toEqual([0, null, 'done\n']);
});

test('[H1] [H2] [H4] [W38] the runtime reports CPU, memory, heap, collections by kind, event loop, threads, open files, uptime', async () => {
  const app = await run('raw', { NODE_OPTIONS: '--max-semi-space-size=1' });
  for (let i = 0; i < 200; i++) await app.get('/');
  await app.stop();
  expect(new Set(pointsOf('process.cpu.time').map(point => point.attributes['cpu.mode']))).toEqual(
    new Set(['user', 'system']),
  );
  expect(pointsOf('v8js.memory.heap.used').map(point => point.attributes['v8js.heap.space.name'])).toContain(
    'old_space',
  );
  expect(pointsOf('v8js.gc.duration').map(point => point.attributes['v8js.gc.type'])).toContain('minor');
  expect(value('process.memory.usage')).toBeGreaterThan(20e6);
  expect(value('v8js.memory.heap.max')).toBeGreaterThan(100e6);
  expect(value('nodejs.memory.array_buffers')).toBeLessThanOrEqual(value('nodejs.memory.external'));
  expect(value('nodejs.eventloop.utilization')).toBeGreaterThan(0);
  expect(value('process.thread.count')).toBeGreaterThan(4);
  expect(value('process.unix.file_descriptor.count')).toBeGreaterThan(5);
  expect(value('process.uptime')).toBeGreaterThan(0);
});

test('[H3] [W38] the host and the container report memory and its limit, CPU, disks and network; both can be left out', async () => {
  const app = await run('raw', { OTEL_METRIC_EXPORT_INTERVAL: '1000' });
  await app.get('/');
  // What is counted between two looks is there from the second on.
  await until(() => pointsOf('container.cpu.time').length > 0 && pointsOf('system.filesystem.usage').length > 0);
  await app.stop();
  expect(value('system.memory.limit')).toBeGreaterThan(100e6);
  expect(value('container.memory.limit')).toBeLessThanOrEqual(value('system.memory.limit'));
  expect(value('system.filesystem.usage')).toBeGreaterThan(0);
  const names = new Set(sink.points.map(point => point.metric));
  for (const name of ['system.cpu.time', 'system.memory.usage', 'container.memory.available', 'container.cpu.time'])
    expect(names).toContain(name);
  sink.points.length = 0;
  const without = await run('raw', { BELLWETHER_DISABLE: 'host' });
  await without.stop();
  expect(sink.points.filter(point => /^(?:system|container)\./.test(point.metric))).toEqual([]);
});
