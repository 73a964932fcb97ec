import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { start } from '../start.js';
import { startSink } from '../test-support/sink.js';
import { health, type HealthOptions } from './health.js';

const servers: http.Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise(resolve => server.close(resolve));
});

async function listen(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise(resolve => server.once('listening', resolve));
  // A server that listens on TCP has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const leak = 'password authentication failed for user "shop" at db.internal:5432';
const down = () => Promise.reject(new Error(leak));

function kit(options: HealthOptions) {
  return health({ drainOnSigterm: false, ...options });
}

/** The status and body of a path, asked of the listener over HTTP. */
async function ask(options: HealthOptions, path: string, init: RequestInit = {}) {
  const url = await listen(kit(options).listener);
  const answer = await fetch(url + path, { ...init, headers: { connection: 'close', ...init.headers } });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

test.each([
  ['all well', { db: () => 1, cache: { run: () => 1, critical: false } }, 200, 'healthy'],
  ['an optional one down', { db: () => 1, cache: { run: down, critical: false } }, 200, 'degraded'],
  ['a critical one down', { db: down, cache: { run: down, critical: false } }, 503, 'unhealthy'],
])('[K1][W8][W9] %s: /health is %3$i %4$s, and /health/ready too', async (_what, checks, status, word) => {
  const answer = await ask({ checks }, '/health');
  expect([answer.status, answer.body.status, answer.headers.get('retry-after')]).toEqual([
    status,
    word,
    status === 503 ? '5' : null,
  ]);
  expect((await ask({ checks }, '/health/ready')).status).toBe(status);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-type')).toContain('application/json');
});

test('[K1][W7] the public sees a status and a time, and nothing else', async () => {
  const { text, body } = await ask({ checks: { db: down } }, '/health');
  expect(Object.keys(body)).toEqual(['status', 'timestamp']);
  expect(text).not.toContain('shop');
  expect(Object.keys((await ask({ checks: { db: down } }, '/health/db')).body)).toEqual(['status', 'timestamp']);
});

test('[K1][W7] who brings the key sees each check; texts of errors only when that is switched on', async () => {
  const checks = { db: down, disk: { run: () => ({ status: 'healthy', detail: { freeBytes: 10 } }), critical: false } };
  const showDetail = { key: 'k-123' };
  const headers = { authorization: 'Bearer k-123' };
  const { body, text } = await ask({ checks, showDetail }, '/health', { headers });
  expect(body).toMatchObject({
    status: 'unhealthy',
    draining: false,
    checks: { db: { status: 'unhealthy', critical: true }, disk: { status: 'healthy', detail: { freeBytes: 10 } } },
  });
  expect(text).not.toContain(leak);
  const open = await ask({ checks, showDetail, showErrors: true }, '/health', { headers });
  expect(open.body.checks.db.error).toBe(leak);
  const wrong = await ask({ checks, showDetail }, '/health', { headers: { authorization: 'Bearer k-124' } });
  expect(wrong.body.checks).toBeUndefined();
  const none = await ask({ checks, showDetail: { key: '' } }, '/health', { headers: { authorization: 'Bearer ' } });
  expect(none.body.checks).toBeUndefined();
  const throwing = await ask(
    {
      checks,
      showDetail: () => {
        throw new Error('no');
      },
    },
    '/health',
  );
  expect(throwing.body.checks).toBeUndefined();
});

test('[K3][K6][W12] liveness asks nothing of anybody', async () => {
  let asked = 0;
  const checks = {
    db: () => {
      asked++;
      return down();
    },
  };
  const { status, body } = await ask({ checks }, '/health/live');
  expect([status, body.status, asked]).toEqual([200, 'healthy', 0]);
});

test('[K4][W11] one check by its name: 200 or 503', async () => {
  const checks = { db: down, cache: { run: down, critical: false }, disk: () => 1 };
  const statuses = await Promise.all(['db', 'cache', 'disk', 'other'].map(name => ask({ checks }, `/health/${name}`)));
  expect(statuses.map(answer => answer.status)).toEqual([503, 503, 200, 404]);
});

test('[K3] startup is 503 until the critical checks were well once, and stays 200 then', async () => {
  let isDown = true;
  const probes = kit({ checks: { db: { run: () => (isDown ? down() : 1), cacheMs: 0 } } });
  const status = async (path: string) => (await probes.answer(path))?.status;
  expect([await status('/health/startup'), await status('/health/ready')]).toEqual([503, 503]);
  isDown = false;
  expect([await status('/health/startup'), await status('/health/ready')]).toEqual([200, 200]);
  isDown = true;
  expect([await status('/health/startup'), await status('/health/ready')]).toEqual([200, 503]);
});

test('[K3] a manual start, and draining', async () => {
  const probes = kit({ startup: 'manual', checks: { db: () => 1 } });
  const answer = async (path: string) => JSON.parse((await probes.answer(path))?.body ?? '{}').status;
  expect([await answer('/health/ready'), await answer('/health/startup')]).toEqual(['starting', 'starting']);
  probes.started();
  expect([await answer('/health/ready'), await answer('/health/startup')]).toEqual(['healthy', 'healthy']);
  probes.drain();
  expect([await answer('/health/ready'), await answer('/health/live')]).toEqual(['draining', 'healthy']);
});

test('HEAD has no body, other methods are refused, other paths unknown', async () => {
  expect((await ask({}, '/health', { method: 'HEAD' })).text).toBe('');
  const post = await ask({}, '/health', { method: 'POST' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  expect((await ask({}, '/healthy')).status).toBe(404);
  expect((await ask({ path: '/_/up/' }, '/_/up/ready?verbose')).status).toBe(200);
});

test('[A5] in Express it is a middleware that hands on what is not its own', async () => {
  const app = express();
  app.use(kit({ checks: { db: down } }).listener);
  app.get('/healthy', (_request, response) => void response.send('mine'));
  app.use('/internal', kit({}).listener);
  const url = await listen(app);
  const get = (path: string) => fetch(url + path, { headers: { connection: 'close' } });
  expect((await get('/health/ready')).status).toBe(503);
  expect((await get('/internal/health/ready')).status).toBe(200);
  expect(await (await get('/healthy')).text()).toBe('mine');
});

test('[A5] in Fastify it is a plugin, under a prefix too', async () => {
  const app = fastify();
  await app.register(kit({ checks: { db: down } }).fastify);
  await app.register(kit({}).fastify, { prefix: '/internal' });
  const statuses = await Promise.all(
    ['/health', '/health/live', '/health/ready', '/health/db', '/health/x', '/internal/health/ready'].map(
      async url => (await app.inject(url)).statusCode,
    ),
  );
  expect(statuses).toEqual([503, 200, 503, 503, 404, 200]);
  const answer = await app.inject('/health/ready');
  expect([answer.headers['retry-after'], answer.json().status]).toEqual(['5', 'starting']);
  await app.close();
});

test("[K6] the probes of the guide's health.md are answered at their paths", async () => {
  const guide = readFileSync(new URL('../../../../docs/guide/health.md', import.meta.url), 'utf8');
  const probes: unknown = JSON.parse(/^```json\n([\s\S]*?)^```/m.exec(guide)?.[1] ?? '');
  const paths = [...JSON.stringify(probes).matchAll(/"path":"([^"]+)"/g)].map(match => match[1] ?? '');
  expect(paths).toEqual(['/health/startup', '/health/live', '/health/ready']);
  for (const path of paths) expect((await kit({}).answer(path))?.status).toBe(200);
});

test('a check cannot take the place of a probe', () => {
  expect(() => kit({ checks: { ready: () => 1 } })).toThrow('health: a check cannot be called "ready"');
});

test('[K1][W7] what the public does not see goes to telemetry: each change with its error, and the status as a metric', async () => {
  const sink = await startSink();
  const sdk = start({ url: sink.url, service: 'shop', version: '1.2.3', environment: 'staging', disable: ['undici'] });
  let isDown = true;
  const probes = kit({
    checks: { db: { run: () => (isDown ? down() : 1), cacheMs: 0 } },
    showDetail: () => true,
  });
  await probes.answer('/health');
  await probes.answer('/health');
  isDown = false;
  const { body } = await ask({ showDetail: () => true }, '/health');
  expect(body).toMatchObject({ service: 'shop', version: '1.2.3', environment: 'staging' });
  await probes.answer('/health');
  await sdk.shutdown();
  await sink.close();
  const changes = sink.logs.filter(log => log.eventName === 'health.changed');
  expect(changes.map(log => [log.body, log.severityText, log.attributes['exception.message']])).toEqual([
    ['health check db is unhealthy', 'ERROR', leak],
    ['health check db is healthy', 'INFO', undefined],
  ]);
  const status = sink.points.find(point => point.metric === 'health.check.status');
  expect([status?.attributes, status?.value]).toEqual([{ 'health.check': 'db' }, 1]);
});
