import {
  cachesAnswer,
  databaseQueryAnswer,
  databasesAnswer,
  externalAnswer,
  queryHash,
  runtimeAnswer,
  tasksAnswer,
} from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShopApi, type ShopApi } from './shop-api.test-support.js';
import { planOf } from './shop-telemetry.test-support.js';

let api: ShopApi;
let range: string;

beforeAll(async () => {
  api = await openShopApi();
  range = `from=${api.fromMs}&to=${api.toMs}`;
}, 60_000);
afterAll(() => api.close());

test('[D1] [D7] [D11] databases are told by system and name, and their queries by the time that they take', async () => {
  const answer = await api.get(`/databases?${range}`, databasesAnswer);
  expect(answer.metricsMissing).toBe('');
  expect(answer.databases.map(({ name, calls, services, share }) => [name, calls, services, share])).toEqual([
    ['postgresql shop', 180 * 3 + 45, ['shop'], 1],
  ]);
  expect(answer.queries.map(({ summary, calls, rowsPerCall, hash }) => [summary, calls, rowsPerCall, hash])).toEqual([
    ['SELECT items', 540, 12, queryHash('SELECT items')],
    ['SELECT orders', 45, null, queryHash('SELECT orders')],
  ]);
  expect(answer.queries[1]?.meanMs).toBeCloseTo(20 * (4 / 3), 3);
  const [items] = answer.load;
  expect(items?.name).toBe('SELECT items');
  // 18 calls a minute of 3 ms, every third of 6 ms.
  expect(items?.busy.find(value => value !== null && value > 0)).toBeCloseTo((18 * 4) / 60_000, 6);
});

test('[D6] pools tell how full they are and were, who waits and how long, and who gave up', async () => {
  const { pools, connections } = await api.get(`/databases?${range}`, databasesAnswer);
  expect(pools).toMatchObject([
    {
      pool: 'db:5432/shop',
      service: 'shop',
      instance: 'shop-1',
      used: 9,
      idle: 1,
      max: 10,
      peak: 0.9,
      pending: 3,
      timeouts: 2,
    },
  ]);
  expect(pools[0]?.waitP95Ms).toBeCloseTo(20, -1);
  expect([connections.used[2], connections.used.at(-1), connections.max.at(-1)]).toEqual([4, 9, 10]);
});

test('[D10] collections tell how much is in them, and how much they grew', async () => {
  const { collections, collectionTotals } = await api.get(`/databases?${range}`, databasesAnswer);
  expect(collections).toEqual([
    { system: 'postgresql', namespace: 'shop', collection: 'items', rows: 5000, grown: 0 },
    { system: 'postgresql', namespace: 'shop', collection: 'orders', rows: 2800, grown: 1800 },
  ]);
  expect(collectionTotals).toEqual([{ system: 'postgresql', namespace: 'shop', collections: 2, rows: 7800 }]);
});

test('[D2] [D3] a query tells its text, who sends it from which line and how often per request, its plan and samples', async () => {
  const { fromMs, toMs } = api;
  const half = (fromMs + toMs) / 2;
  const path = `/databases/${encodeURIComponent('postgresql shop')}/queries/`;
  const orders = await api.get(
    `${path}${queryHash('SELECT orders')}?from=${half}&to=${toMs}&cmpFrom=${fromMs}&cmpTo=${half}`,
    databaseQueryAnswer,
  );
  expect(orders).toMatchObject({
    summary: 'SELECT orders',
    services: [{ service: 'shop', share: 1 }],
    texts: [{ text: 'SELECT * FROM orders WHERE id = ?', rowsPerCall: 1 }],
    places: [{ service: 'shop', place: '/srv/shop/src/orders.ts:42', called: 'readOrder' }],
    orms: [{ orm: 'prisma', model: 'Order', operation: 'findUnique' }],
    plans: [
      { service: 'shop', plan: planOf('Seq Scan') },
      { service: 'shop', plan: planOf('Index Scan') },
    ],
  });
  expect(orders.totals.calls + (orders.totalsBefore?.calls ?? 0)).toBe(45);
  expect(orders.samples.map(({ which, durationMs }) => [which, durationMs])).toContainEqual(['slow', 40]);

  const items = await api.get(`${path}${queryHash('SELECT items')}?${range}`, databaseQueryAnswer);
  expect(items.looked.calls).toBe(540);
  expect(items.callers).toMatchObject([
    { service: 'shop', operation: 'GET /orders/:id', calls: 540, requests: 180, share: 1 },
  ]);
});

test('databases belong to their workspace and environment; what is not there is said', async () => {
  const none = await api.get(`/databases?${range}`, databasesAnswer, 'other');
  expect([none.databases, none.queries, none.pools, none.collections]).toEqual([[], [], [], []]);
  const staging = await api.get(`/databases?${range}&env=staging`, databasesAnswer);
  expect([staging.databases, staging.pools]).toEqual([[], []]);
  const production = await api.get(`/databases?${range}&env=production`, databasesAnswer);
  expect([production.databases.length, production.pools.length]).toEqual([1, 1]);
  const mysql = await api.get(`/databases?${range}&db=mysql+shop`, databasesAnswer);
  expect([mysql.databases.length, mysql.queries, mysql.pools]).toEqual([1, [], []]);
  expect(await api.refused(`/databases/postgresql%20shop/queries/00000000000000aa?${range}`)).toBe(
    '404 The query 00000000000000aa was not sent to postgresql shop in this range. Widen the range, or look it up in /api/bw/v1/databases.',
  );
});

test('[G1] [G2] [G3] [G4] queues tell what waits, how long, and when they are empty; tasks how long they wait and run, and what failed', async () => {
  const { queues, tasks, depth, runs, metricsMissing } = await api.get(`/tasks?${range}`, tasksAnswer);
  expect(metricsMissing).toBe('');
  expect(
    queues.map(({ queue, waiting, oldestSeconds, utilization }) => [queue, waiting, oldestSeconds, utilization]),
  ).toEqual([
    ['mails', 220, 95, 0.75],
    ['exports', 190, 1800, null],
    // Of two processes of one group; another group is at 35.
    ['orders', 42, null, null],
  ]);
  const [mails, exports] = queues;
  expect(mails?.drain.state).toBe('draining');
  // One mail less in ten seconds.
  expect(mails?.drain.seconds).toBeCloseTo(2200, -2);
  expect(exports?.drain).toMatchObject({ state: 'growing', seconds: null });
  expect(mails).toMatchObject({ retries: 18, deadLetters: 3, priorities: [{ priority: '1', messages: 20 }] });
  expect(mails?.sentPerSecond).toBeCloseTo(0.1, 2);
  expect(tasks).toMatchObject([
    {
      queue: 'mails',
      task: 'receipt',
      services: ['worker'],
      calls: 180,
      retries: 18,
      deadLetters: 3,
      source: 'metrics',
    },
  ]);
  expect([tasks[0]?.meanMs, tasks[0]?.waitP95Ms].map(ms => Math.round((ms ?? 0) / 10))).toEqual([10, 50]);
  expect(depth.map(({ queue, waiting }) => [queue, waiting.at(-1)])).toEqual([
    ['mails', 220],
    ['exports', 190],
    ['orders', 42],
  ]);
  expect(runs.done.findLast(value => value !== null)).toBeCloseTo(0.1, 3);
});

test('a worker whose sender tells no metrics is read from its spans', async () => {
  const { tasks, queues } = await api.get(`/tasks?${range}`, tasksAnswer, 'plain');
  expect(tasks).toMatchObject([
    { system: 'bullmq', queue: 'mails', task: 'receipt', calls: 180, errors: 12, source: 'spans', waitP95Ms: null },
  ]);
  expect(queues).toMatchObject([{ queue: 'mails', waiting: null, drain: { state: 'unknown' } }]);
});

test('[F1] [F2] [F3] [F4] caches tell their hits by key pattern, what misses cost, operations, evictions by reason, and memory', async () => {
  const answer = await api.get(`/caches?${range}`, cachesAnswer);
  expect(answer.metricsMissing).toBe('');
  expect(answer.caches).toMatchObject([{ system: 'redis', hits: 12 * 180, misses: 2 * 180, services: ['shop'] }]);
  expect(answer.patterns.map(row => [row.pattern, row.hitRatio, row.missMs !== null, row.followedBy])).toEqual([
    ['order:*', 0.75, true, 'SELECT orders'],
    ['price:*', 0.9, false, ''],
  ]);
  // A read of 1 ms (2 where it is slow) at 1, the write at 46.
  expect(answer.patterns[0]?.missMs).toBeCloseTo(44 - 1 / 3, 2);
  expect(answer.evictions.map(({ reason, total }) => [reason, total])).toEqual([
    ['full', 90 * 30],
    ['ttl', 360],
  ]);
  expect(answer.memory).toMatchObject([{ server: 'cache', usedBytes: 99e6, limitBytes: 1e8, items: 10_180 }]);
  expect(answer.operations.map(({ operation, calls }) => [operation, calls])).toEqual([
    ['GET', 180],
    ['SET', 45],
  ]);
});

test('[P4] evictions and memory pressure are said in words', async () => {
  const { signs } = await api.get(`/caches?${range}`, cachesAnswer);
  expect(signs.map(({ kind, server }) => `${kind} ${server}`)).toEqual(['evicting cache', 'full cache']);
  expect(signs[1]?.text).toBe('Memory is at 99% of its limit.');
});

test('[E1] [E2] services of others tell calls, share of our time, timeouts, retries, how they failed, and who calls them', async () => {
  const answer = await api.get(`/external?${range}`, externalAnswer);
  expect(answer.vendors).toMatchObject([{ name: 'stripe', services: ['shop'], calls: 90, errors: 9 }]);
  expect(answer.vendors[0]?.timeoutRatio).toBeCloseTo(0.1, 6);
  expect(answer.vendors[0]?.retriesPerCall).toBeCloseTo(0.2, 6);
  expect(answer.vendors[0]?.share).toBeGreaterThan(0.2);
  expect(answer.operations).toMatchObject([{ vendor: 'stripe', operation: 'stripe.charges.create', calls: 90 }]);
  expect(answer.failures).toMatchObject([{ vendor: 'stripe', reason: 'TimeoutError', calls: 9 }]);
  expect(answer.callers).toMatchObject([
    { vendor: 'stripe', service: 'shop', operation: 'GET /orders/:id', calls: 90, requests: 90 },
  ]);
});

test('[R2] [H5] instances of a service tell what they do and take, which stands out, and when something is full', async () => {
  const answer = await api.get(`/services/shop/runtime?${range}`, runtimeAnswer);
  expect(answer.metricsMissing).toBe('');
  expect(
    answer.instances.map(({ instance, host, version, requests, p95Ms }) => [
      instance,
      host,
      version,
      requests,
      Math.round((p95Ms ?? 0) / 100),
    ]),
  ).toEqual([
    ['shop-1', 'host-shop-1', '1.1.0', 120, 2],
    ['shop-2', 'host-shop-2', '1.1.0', 60, 3],
  ]);
  expect(answer.instances[1]).toMatchObject({ memoryBytes: 2e8, loopUtilization: 0.4, uptimeSeconds: 5400 });
  expect(answer.instances[1]?.cpu).toBeCloseTo(0.2, 6);
  expect(answer.instances[1]?.loopDelayP99Ms).toBeCloseTo(24, 6);
  expect(answer.instances[1]?.outlier).toContain('memory 2.0 times that of the others; CPU 2.0 times');
  const [disk] = answer.forecasts.filter(({ what }) => what === 'disk');
  // 32 GB are free; 10 MB a second are used up.
  expect(disk).toMatchObject({ name: '/', state: 'rising', limit: 100e9 });
  expect(disk?.seconds).toBeCloseTo(3200, -2);
  // Half an hour says nothing about what is more than five hours ahead.
  expect(answer.forecasts.find(({ what }) => what === 'heap')).toMatchObject({ state: 'early', limit: 4e8 });
  const worker = await api.get(`/services/worker/runtime?${range}`, runtimeAnswer, 'plain');
  expect(worker.instances).toMatchObject([{ instance: 'worker-1', cpu: null, outlier: '' }]);
  expect((await api.get(`/services/shop/runtime?${range}`, runtimeAnswer, 'other')).instances).toEqual([]);
});

test('caches, queues and services of others belong to their workspace', async () => {
  const caches = await api.get(`/caches?${range}`, cachesAnswer, 'other');
  expect([caches.caches, caches.patterns, caches.operations, caches.memory]).toEqual([[], [], [], []]);
  const { queues, tasks } = await api.get(`/tasks?${range}`, tasksAnswer, 'other');
  expect([queues, tasks]).toEqual([[], []]);
  expect((await api.get(`/external?${range}`, externalAnswer, 'other')).vendors).toEqual([]);
});
