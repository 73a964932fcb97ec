import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

/** A backend as a reader of the guide would have it: Fastify, pino, a tenant per request. */
const app = `
import { setTenant } from '@bellwether/node';
import Fastify from 'fastify';
import pino from 'pino';
const log = pino({ level: 'info' }, pino.destination({ dest: '/dev/null', sync: true }));
const app = Fastify();
app.addHook('onRequest', async request => setTenant(request.headers['x-tenant'], { plan: 'premium' }));
app.get('/orders/:id', async request => {
  log.info({ order_id: request.params.id }, 'order read');
  if (request.params.id === 'broken') throw new TypeError('no such rule');
  return { id: request.params.id };
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log('port ' + app.server.address().port);
`;

const dataDir = newDataDir();
const folder = mkdtempSync(join(tmpdir(), 'bellwether-app-'));
let instance: Instance;
let child: ChildProcess;
let url = '';

const traces = z.object({
  traces: z.array(
    z.object({ traceId: z.string(), rootName: z.string(), httpStatus: z.string(), tenantId: z.string() }),
  ),
});
const attributes = z.array(z.object({ key: z.string(), value: z.string() }));
const range = (): string => `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`;
const find = async (q: string): Promise<z.infer<typeof traces>['traces']> =>
  traces.parse(await instance.get(`/api/bw/v1/traces?${range()}&q=${encodeURIComponent(q)}`)).traces;

beforeAll(async () => {
  instance = await startInstance(dataDir);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"orders","version":"2.1.0","type":"module"}');
  writeFileSync(join(folder, 'app.js'), app);
  child = spawn(process.execPath, ['--import', '@bellwether/node/register', 'app.js'], {
    cwd: folder,
    env: { ...process.env, BELLWETHER_URL: instance.otlp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  url = `http://127.0.0.1:${await until('the application listens', 60_000, () => /port (\d+)/.exec(printed)?.[1])}`;
  for (let i = 0; i < 20; i++) {
    const id = i % 4 === 3 ? 'broken' : `o-${i}`;
    await fetch(`${url}/orders/${id}?token=s3cret&page=2`, {
      headers: { 'x-tenant': i % 4 === 3 ? 'acme' : 'globex' },
    });
  }
  await until('all twenty requests can be found', 60_000, async () =>
    (await find('service:orders')).length >= 20 ? true : undefined,
  );
});
afterAll(async () => {
  child.kill('SIGTERM');
  await instance.stop();
  removeDataDir(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

test('[C9] [J5] every request is one wide event: route, method, status, duration, tenant, and found by any of them', async () => {
  const found = await find(
    'service:orders http.route:"/orders/:id" http.request.method:GET http.status:200 tenant:globex duration<10s',
  );
  expect(found).toHaveLength(15);
  expect(found[0]?.rootName).toBe('GET /orders/:id');
});

test('[W15] [J5] the names of query parameters are there, their values are not', async () => {
  const [first] = await find('service:orders http.status:200');
  const trace = z
    .object({ spans: z.object({ id: z.array(z.string()) }) })
    .parse(await instance.get(`/api/bw/v1/traces/${first?.traceId}`));
  const span = z
    .object({ attributes })
    .parse(await instance.get(`/api/bw/v1/traces/${first?.traceId}/spans/${trace.spans.id[0]}`));
  const query = span.attributes.find(({ key }) => key === 'url.query')?.value ?? '';
  expect(query).toBe('token=REDACTED&page=REDACTED');
  expect(JSON.stringify(span)).not.toContain('s3cret');
});

test('[C4] the share of errors is known by endpoint and by tenant', async () => {
  expect(await find('service:orders status:error tenant:acme')).toHaveLength(5);
  expect(await find('service:orders status:error tenant:globex')).toHaveLength(0);
  const overview = z.object({
    endpoints: z.array(z.object({ operation: z.string(), requests: z.number(), errorRatio: z.number().nullable() })),
  });
  await expect
    .poll(async () => overview.parse(await instance.get(`/api/bw/v1/services/orders/overview?${range()}`)).endpoints)
    .toContainEqual(expect.objectContaining({ operation: 'GET /orders/:id', requests: 20, errorRatio: 0.25 }));
});

test('[J9] [B9] a log line carries the trace and the tenant of its request without any code', async () => {
  const answer = z.object({
    logs: z.array(z.object({ body: z.string(), traceId: z.string(), tenantId: z.string(), attributes })),
  });
  const q = encodeURIComponent('service:orders "order read"');
  // Lines and spans are sent each by itself.
  const lines = await until('all lines can be found', 60_000, async () => {
    const { logs } = answer.parse(await instance.get(`/api/bw/v1/logs?${range()}&q=${q}`));
    return logs.length >= 20 ? logs : undefined;
  });
  expect(lines).toHaveLength(20);
  for (const line of lines) {
    expect(line.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(['acme', 'globex']).toContain(line.tenantId);
  }
  expect(new Set(lines.map(line => line.traceId)).size).toBe(20);
});
