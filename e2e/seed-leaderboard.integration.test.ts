import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Peer, startPostgres, startRedis } from '../packages/sdk/dist/test-support/peers.js';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let database: Peer;
let cache: Peer;
let child: ChildProcess;
let url = '';

const bearer = { authorization: 'Bearer door-key' };
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(url + path, { headers });
const range = (): string => `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`;

const lines = z.object({
  logs: z.array(
    z.object({
      body: z.string(),
      traceId: z.string(),
      attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
    }),
  ),
});
type Line = z.infer<typeof lines>['logs'][number];
/** Log lines that a search finds, once there are `least`. */
const logs = (q: string, least = 1): Promise<readonly Line[]> =>
  until(`logs for ${q}`, 60_000, async () => {
    const found = lines.parse(await instance.get(`/api/bw/v1/logs?${range()}&q=${encodeURIComponent(q)}`)).logs;
    return found.length >= least ? found : undefined;
  });
const attribute = (line: Line | undefined, key: string): unknown =>
  line?.attributes.find(each => each.key === key)?.value;

beforeAll(async () => {
  [instance, database, cache] = await Promise.all([startInstance(dataDir), startPostgres(), startRedis()]);
  child = spawn(
    process.execPath,
    ['--import', '@bellwether/node/register', join(root, 'examples/seeds/dist/leaderboard/main.js')],
    {
      cwd: root,
      env: {
        ...process.env,
        BELLWETHER_URL: instance.otlp,
        OTEL_SERVICE_NAME: 'leaderboard',
        BELLWETHER_VERSION: '9.0.0',
        BELLWETHER_ENVIRONMENT: 'staging',
        BELLWETHER_SLOW_REQUEST_MS: '1000',
        BELLWETHER_RESPONSE_HEADERS: 'x-process-time',
        BELLWETHER_REQUEST_EVENTS: 'true',
        DATABASE_URL: database.url,
        REDIS_URL: cache.url,
        ADMIN_KEY: 'door-key',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  url = `http://127.0.0.1:${await until('the service listens', 60_000, () => /port (\d+)/.exec(printed)?.[1])}`;
  for (let i = 0; i < 12; i++) await get(`/leaderboard/${1 + (i % 3)}?token=s3cret`);
});
afterAll(async () => {
  child.kill('SIGTERM');
  await instance.stop();
  await Promise.all([database.stop(), cache.stop()]);
  removeDataDir(dataDir);
});

test('[I1] [I8] [I12] an error of a handler is reported with its stack, release and environment', async () => {
  expect((await get('/test/error')).status).toBe(500);
  const [error] = await logs('service:leaderboard "nothing is wrong"');
  expect(attribute(error, 'exception.message')).toBe('a test error; nothing is wrong');
  expect(String(attribute(error, 'exception.stacktrace'))).toContain('main.');
  const found = JSON.stringify(await instance.get(`/api/bw/v1/traces/${error?.traceId}`));
  expect(found).toContain('/test/error');
  expect(found).toContain('9.0.0');
});

test('[C7] [C9] each answer says how long it took, and each request is a record without the values of its query', async () => {
  expect(Number((await get('/leaderboard/1')).headers.get('x-process-time'))).toBeGreaterThan(0);
  const requests = await logs('service:leaderboard http.route:"/leaderboard/:season"', 12);
  expect(JSON.stringify(requests)).not.toContain('s3cret');
});

test('[C8] a request of more than a second is told', async () => {
  await get('/export');
  const [slow] = await logs('service:leaderboard "slow request"');
  const [, tookMs] = /^slow request: GET \/export took (\d+) ms/.exec(slow?.body ?? '') ?? [];
  expect(Number(tookMs)).toBeGreaterThanOrEqual(1199);
});

test('[F1] [F6] hits and misses of the cache are counted, for who has the key', async () => {
  expect((await get('/admin/metrics/cache')).status).toBe(401);
  const shown = z
    .object({
      status: z.string(),
      statistics: z.array(z.object({ system: z.string(), hits: z.number(), misses: z.number() })),
    })
    .parse(await (await get('/admin/metrics/cache', bearer)).json());
  expect(shown.status).toBe('enabled');
  expect(shown.statistics.find(({ system }) => system === 'redis')).toMatchObject({ hits: 10, misses: 3 });
});

test('[D10] the admin view has the tables with their sizes, and nothing secret', async () => {
  expect((await get('/admin/metrics')).status).toBe(401);
  const body = await (await get('/admin/metrics', bearer)).text();
  expect(JSON.parse(body)).toMatchObject({
    service: 'leaderboard',
    version: '9.0.0',
    environment: 'staging',
    database: {
      collections: [
        { name: 'public.scores', documents: 60 },
        { name: 'public.seasons', documents: 3 },
      ],
      totalDocuments: 63,
    },
  });
  expect(body).not.toContain('door-key');
});

test('[D7] [F6] the cache is optional for readiness, the database is not', async () => {
  expect([
    (await get('/health')).status,
    (await get('/health/ready')).status,
    (await get('/health/live')).status,
  ]).toEqual([200, 200, 200]);
  await cache.stop();
  const degraded = await until('the check notices', 60_000, async () => {
    const body = await (await get('/health', bearer)).json();
    const { status } = z.object({ status: z.string() }).parse(body);
    return status === 'healthy' ? undefined : status;
  });
  expect([degraded, (await get('/health/ready')).status]).toEqual(['degraded', 200]);
  await database.stop();
  await until('the check notices', 60_000, async () =>
    (await get('/health/ready')).status === 503 ? true : undefined,
  );
  expect((await get('/health/live')).status).toBe(200);
});
