import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { Metrics } from '../core/metrics.js';
import { health } from '../health/health.js';
import { admin, type AdminOptions } from './admin.js';
import { adminPage } from './admin-page.js';
import { cacheTable } from './cache-table.js';
import { countedOnce, mongoCollections, postgresTables } from './collection-counts.js';

type Get = (
  path: string,
  headers?: Record<string, string>,
) => Promise<{ status: number; body: string; headers: Headers }>;

async function serve(options: AdminOptions): Promise<Get> {
  const server = http.createServer(admin(options).listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  return async (path, headers = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close', ...headers } });
    return { status: answer.status, body: await answer.text(), headers: answer.headers };
  };
}

const bearer = { authorization: 'Bearer open-sesame' };

test('[F6] [R9] [D10] with the key the view shows caches, collections with their counts, and health; without it nothing', async () => {
  let counts = 0;
  const kit = health({ checks: { db: () => Promise.reject(new Error('password authentication failed for joe')) } });
  onTestFinished(() => kit.stop());
  const get = await serve({
    guard: { key: 'open-sesame' },
    health: kit,
    collections: async () => {
      counts++;
      return { kings: 12, events: 340 };
    },
  });
  const shown = await get('/admin/metrics', bearer);
  expect(shown.status).toBe(200);
  expect(JSON.parse(shown.body)).toMatchObject({
    cache: { status: 'disabled' },
    database: {
      collections: [
        { name: 'events', documents: 340 },
        { name: 'kings', documents: 12 },
      ],
      totalDocuments: 352,
    },
    health: { status: 'unhealthy', checks: [{ check: 'db', status: 'unhealthy' }] },
    telemetry: { enabled: false },
  });
  expect(shown.body).not.toContain('joe');
  await get('/admin/metrics', bearer);
  expect(counts).toBe(1);
  expect(JSON.parse((await get('/admin/metrics/cache', bearer)).body)).toEqual({ status: 'disabled' });
  for (const wrong of [{}, { authorization: 'Bearer open-sesam' }, { authorization: 'open-sesame' }])
    expect([(await get('/admin/metrics', wrong)).status, (await get('/admin/metrics/cache', wrong)).status]).toEqual([
      401, 401,
    ]);
});

test('[F6] whom a function does not let in sees that there is nothing; a guard that fails lets nobody in', async () => {
  const get = await serve({ guard: request => Promise.resolve(request.headers['x-role'] === 'admin') });
  expect((await get('/admin/metrics', { 'x-role': 'admin' })).status).toBe(200);
  expect((await get('/admin/metrics')).status).toBe(404);
  const broken = await serve({ guard: () => Promise.reject(new Error('directory is down')) });
  expect((await broken('/admin/metrics')).status).toBe(404);
  const empty = await serve({ guard: { key: '' } });
  expect((await empty('/admin/metrics', { authorization: 'Bearer ' })).status).toBe(401);
});

test('[F6] as a plugin of Fastify, with a prefix, it answers GET and the forms of its page', async () => {
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(admin({ guard: { key: 'open-sesame' } }).fastify, { prefix: '/ops' });
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...bearer };
  const status = async (method: 'GET' | 'POST', url: string, headers: Record<string, string>): Promise<number> =>
    (await app.inject({ method, url, headers })).statusCode;
  expect([
    await status('GET', '/ops/admin/metrics', bearer),
    await status('POST', '/ops/admin/metrics/profile?kind=disk', form),
    await status('POST', '/ops/admin/metrics/profile?kind=cpu', {}),
  ]).toEqual([200, 400, 401]);
});

test('browsers get a page, in which everything is text and nothing runs', async () => {
  const get = await serve({ guard: () => true, collections: async () => ({ '<script>alert(1)</script>': 1 }) });
  const { body, headers } = await get('/admin/metrics', { accept: 'text/html' });
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(body).not.toContain('<script');
  expect(adminPage('t', { a: [{ b: 1 }, { c: '&' }], d: [1, 2], e: [] })).toContain('<td>&amp;</td>');
});

test('[F6] the hit ratio of each cache, over all its keys', () => {
  const metrics = new Metrics();
  const requests = metrics.metric({ name: 'cache.requests', unit: '', description: '', kind: 'counter', scope: 's' });
  const count = (system: string, result: string, pattern: string, times: number): void => {
    requests.point({ 'cache.system': system, 'cache.result': result, 'bellwether.key.pattern': pattern }).value = times;
  };
  count('redis', 'hit', 'user:*', 6);
  count('redis', 'hit', 'cart:*', 3);
  count('redis', 'miss', 'user:*', 1);
  count('lru-cache', 'error', '', 2);
  expect(cacheTable(metrics)).toEqual([
    { system: 'redis', hits: 9, misses: 1, errors: 0, hitRatio: 0.9 },
    { system: 'lru-cache', hits: 0, misses: 0, errors: 2, hitRatio: undefined },
  ]);
});

test('[D10] counts are what databases know already; a count that fails is told without what it says', async () => {
  const mongo = {
    listCollections: () => ({
      toArray: async () => [{ name: 'kings' }, { name: 'v', type: 'view' }, { name: 'system.profile' }],
    }),
    collection: () => ({ estimatedDocumentCount: async () => 7 }),
  };
  expect(await mongoCollections(mongo)()).toEqual({ kings: 7 });
  const pool = { query: async () => ({ rows: [{ name: 'public.orders', rows: 5 }] }) };
  expect(await postgresTables(pool)()).toEqual({ 'public.orders': 5 });
  const failing = countedOnce(() => Promise.reject(new TypeError('connect to db.internal failed')));
  expect(await failing()).toEqual({ status: 'failed', error: 'TypeError' });
});
