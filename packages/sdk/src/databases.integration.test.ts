import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChildApp, startApp } from './test-support/child-app.js';
import { type Peer, startPostgres, startRedis } from './test-support/peers.js';
import { type Sink, startSink } from './test-support/sink.js';

let sink: Sink;
let postgres: Peer;
let redis: Peer;
let app: ChildApp;

beforeAll(async () => {
  [sink, postgres, redis] = await Promise.all([startSink(), startPostgres(), startRedis()]);
  app = await startApp('databases', { BELLWETHER_URL: sink.url, DATABASE_URL: postgres.url, REDIS_URL: redis.url });
});
afterAll(async () => {
  await app.stop('SIGKILL');
  await Promise.all([sink.close(), postgres.stop(), redis.stop()]);
});

/** The spans that a request to `path` made below its own. */
async function spansUnder(path: string) {
  const answer = await app.get(path);
  expect([answer.status, answer.status === 200 ? '' : answer.body]).toEqual([200, '']);
  const until = Date.now() + 45_000;
  for (;;) {
    const root = sink.spans.find(span => span.kind === 2 && span.attributes['url.path'] === path);
    if (root !== undefined)
      return { root, body: JSON.parse(answer.body), spans: sink.spans.filter(span => span.parentId === root.spanId) };
    if (Date.now() > until) throw new Error(`no span of ${path} arrived`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));

test('[D1][D3][D5] a query is a client span with its system, operation, summary and rows', async () => {
  const { spans, body } = await spansUnder('/promise');
  expect(body).toEqual({ result: [{ n: 1 }, { n: 2 }, { n: 3 }], sameCopy: true });
  expect(spans.map(span => [span.name, span.kind])).toEqual([['SELECT', 3]]);
  expect(spans[0]?.attributes).toMatchObject({
    'db.system.name': 'postgresql',
    'db.namespace': 'postgres',
    'db.operation.name': 'SELECT',
    'server.address': '127.0.0.1',
    'db.response.returned_rows': 3,
    'db.query.text': 'SELECT n FROM generate_series(?, ?) AS n',
  });
});

test('[D4] neither parameters nor literals leave the process', async () => {
  const { spans } = await spansUnder('/parameters');
  expect(spans[0]?.name).toBe('SELECT users');
  expect(spans[0]?.attributes['db.query.text']).toBe('SELECT $1::text AS mail, ? AS s FROM users WHERE id < ?');
  expect(text(spans)).not.toMatch(/secret|a@b\.c/);
});

test.each([
  ['/callback', 'SELECT ? AS callback'],
  ['/config', 'SELECT ? AS config'],
  ['/submitted', 'SELECT ? AS submitted'],
])('[A10] the form %s is seen too, and gives what it gives without us', async (path, text) => {
  const { spans } = await spansUnder(path);
  expect(spans.map(span => span.attributes['db.query.text'])).toEqual([text]);
});

test('a failed query tells its SQLSTATE, and the application its own error', async () => {
  const { spans, body } = await spansUnder('/error');
  expect(body.result).toEqual({ code: '42P01', same: true });
  expect(spans[0]).toMatchObject({ name: 'SELECT nowhere', status: 2, attributes: { 'error.type': '42P01' } });
});

test('queries that wait for a connection keep their request: ten at once over two connections', async () => {
  const { spans, root } = await spansUnder('/nested');
  // Long waits are spans besides.
  expect(spans.filter(span => span.name !== 'pool.acquire')).toHaveLength(10);
  expect(new Set(spans.map(span => span.traceId))).toEqual(new Set([root.traceId]));
});

test('[F1][F5] Redis: commands with the pattern of their key, never key or value; hits and misses', async () => {
  const { spans, body } = await spansUnder('/redis');
  expect(body.result).toMatchObject({ hit: 'secret-value', miss: null });
  expect(
    spans.map(span => [span.name, span.attributes['bellwether.key.pattern'], span.attributes['error.type']]),
  ).toEqual([
    ['SET', 'user:*:cart', undefined],
    ['GET', 'user:*:cart', undefined],
    ['GET', 'user:*:cart', undefined],
    ['LPUSH', 'user:*:cart', 'WRONGTYPE'],
  ]);
  expect(text(spans)).not.toMatch(/secret-value|:77:/);
  await app.stop();
  const results = sink.points.filter(point => point.metric === 'cache.requests');
  expect(results.map(point => [point.attributes['cache.result'], point.value])).toEqual([
    ['hit', 1],
    ['miss', 1],
  ]);
  expect(
    sink.points.some(
      point =>
        point.metric === 'db.client.operation.duration' && point.attributes['db.query.summary'] === 'SELECT users',
    ),
  ).toBe(true);
});
