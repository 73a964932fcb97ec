import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ChildApp, startApp } from '../test-support/child-app.js';
import { type Peer, startPostgres, startRedis } from '../test-support/peers.js';
import { type Sink, startSink } from '../test-support/sink.js';
import { postgresCheck } from './checks/postgres.js';
import { redisCheck } from './checks/redis.js';
import { health } from './health.js';

let sink: Sink;
let postgres: Peer;
let redis: Peer;
let app: ChildApp | undefined;

beforeAll(async () => {
  [sink, postgres, redis] = await Promise.all([startSink(), startPostgres(), startRedis()]);
});
afterEach(async () => {
  await app?.stop('SIGKILL');
});
afterAll(async () => {
  await Promise.all([sink.close(), postgres.stop(), redis.stop()]);
});

/** Asks until it is told that the process is about to end. */
async function notReady(of: ChildApp, path = '/health/ready'): ReturnType<ChildApp['get']> {
  for (;;) {
    const answer = await of.get(path);
    if (answer.status === 503) return answer;
  }
}

test('[K2][K4] PostgreSQL and Redis are asked by the clients of the service; when they go, readiness does', async () => {
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  pool.on('error', () => undefined);
  const cache = new Redis(redis.url, { lazyConnect: true });
  cache.on('error', () => undefined);
  await cache.connect();
  const kit = health({
    checks: {
      db: postgresCheck(pool, { cacheMs: 0 }),
      cache: redisCheck(cache, { critical: false, timeoutMs: 2000, cacheMs: 0 }),
    },
    drainOnSigterm: false,
  });
  const status = async () => {
    const answer = await kit.answer('/health/ready');
    return [answer?.status, JSON.parse(answer?.body ?? '{}').status];
  };
  expect(await status()).toEqual([200, 'healthy']);
  await redis.stop();
  expect(await status()).toEqual([200, 'degraded']);
  cache.disconnect();
  const [one, two] = await Promise.all([pool.connect(), pool.connect()]);
  expect(await status()).toEqual([503, 'unhealthy']);
  one.release();
  two.release();
  await expect.poll(async () => (await status())[0]).toBe(200);
  await pool.end();
  expect(await status()).toEqual([503, 'unhealthy']);
});

for (const instrumented of [true, false]) {
  const how = instrumented ? 'with the SDK on' : 'with the SDK off';

  test(`[K3][W12] SIGTERM ${how}: readiness is 503 while the process drains, then it ends by the signal`, async () => {
    app = await startApp('health', { BELLWETHER_URL: sink.url, DRAIN_MS: '2500' }, { instrumented });
    expect((await app.get('/health/ready')).status).toBe(200);
    const ended = app.stop('SIGTERM');
    expect((await notReady(app)).headers.get('retry-after')).toBe('5');
    expect((await app.get('/health/live')).status).toBe(200);
    expect((await app.get('/work')).body).toBe('ok');
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test(`SIGTERM ${how} and without a drain ends the process as it would without a health kit`, async () => {
    app = await startApp('health', { BELLWETHER_URL: sink.url }, { instrumented });
    expect(await app.stop('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test(`an application that handles SIGTERM itself ends as it wants, ${how}; readiness is 503 meanwhile`, async () => {
    app = await startApp('health', { BELLWETHER_URL: sink.url, OWN_HANDLER: '1', DRAIN_MS: '60000' }, { instrumented });
    const ended = app.stop('SIGTERM');
    await notReady(app);
    expect(await ended).toEqual({ code: 4, signal: null });
  });
}

test('[A7] what happens during the drain is sent too, and probes are named by their path', async () => {
  sink.spans.length = 0;
  app = await startApp('health', { BELLWETHER_URL: sink.url, DRAIN_MS: '2500' });
  const ended = app.stop('SIGTERM');
  await notReady(app, '/health/ready?late');
  await ended;
  const last = sink.spans.at(-1);
  expect([last?.name, last?.attributes['http.response.status_code']]).toEqual(['GET /health/ready', 503]);
});
