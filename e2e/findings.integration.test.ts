import { findingAnswer, findingsAnswer, traceFindingsAnswer, type FindingRow } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { customersOneByOne, sendRequest } from './src/finding-traces.ts';
import { type Instance, newDataDir, removeDataDir, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;

beforeAll(async () => {
  instance = await startInstance(dataDir);
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
});

async function findings(more = '', workspace = 'default'): Promise<readonly FindingRow[]> {
  const now = Date.now();
  const url = `${instance.api}/api/bw/v1/findings?from=${now - 3_600_000}&to=${now + 60_000}${more}`;
  const answer = await fetch(url, { headers: { 'x-scope-orgid': workspace } });
  return findingsAnswer.parse(await answer.json()).findings;
}

/** The finding of `route`, once so many requests have shown it. */
const seen = (route: string, requests: number, more = '', workspace = 'default'): Promise<FindingRow> =>
  until(`${requests} requests of ${route} are seen`, 60_000, async () =>
    (await findings(more, workspace)).find(row => row.route.endsWith(route) && row.requests >= requests),
  );

async function say(id: string, state: string): Promise<void> {
  const answer = await fetch(`${instance.api}/api/bw/v1/findings/${id}/state`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  expect(answer.status).toBe(200);
}

test('[D9] [P5] a loop of queries is found by itself, with its line, its cost, its traces and the rewrite for its ORM', async () => {
  await sendRequest(instance, 1, '/orders', customersOneByOne);
  const traceId = await sendRequest(instance, 2, '/orders', customersOneByOne);
  const found = await seen('/orders', 2);
  expect(found).toMatchObject({
    kind: 'n-plus-one-sql',
    title: 'N+1 queries',
    state: 'open',
    service: 'shop',
    route: 'GET /orders',
    subject: 'SELECT customers by id',
    place: '/srv/app/src/orders.ts:12',
    orm: 'prisma',
    timesEach: 12,
    tenants: 1,
  });
  expect(found.lostMsEach).toBeCloseTo(27.5, 1);
  expect(found.requestsPerDay).toBeGreaterThan(40);

  const now = Date.now();
  const detail = findingAnswer.parse(
    await instance.get(`/api/bw/v1/findings/${found.id}?from=${now - 3_600_000}&to=${now + 60_000}`),
  );
  expect(detail.rewrites[0]).toMatchObject({
    title: 'Prisma: include',
    code: 'const orders = await prisma.order.findMany({ include: { customer: true } });',
  });
  expect(detail.statement).toBe('SELECT * FROM customers WHERE id = $1');
  expect(detail.newest.map(one => one.times)).toEqual([12, 12]);
  expect(detail.histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(2);
  const ofTrace = traceFindingsAnswer.parse(await instance.get(`/api/bw/v1/traces/${traceId}/findings`));
  expect(ofTrace.findings).toMatchObject([{ id: found.id, times: 12 }]);
  expect(ofTrace.findings[0]?.spanIds).toHaveLength(12);
});

test('workspaces do not see each other, filters narrow, and what is not there is said so', async () => {
  await sendRequest(instance, 3, '/carts', customersOneByOne, { workspace: 'other' });
  await seen('/carts', 1, '', 'other');
  expect((await findings()).map(row => row.route)).not.toContain('GET /carts');
  expect(await findings('&kind=slow-query')).toEqual([]);
  expect(await findings('&service=shop&q=customers%20prisma')).toHaveLength(1);
  expect(await findings('&q=nothing%20like%20it')).toEqual([]);
  const missing = await fetch(
    `${instance.api}/api/bw/v1/findings/00000000000000aa?from=${Date.now() - 60_000}&to=${Date.now()}`,
  );
  expect(missing.status).toBe(404);
});

test('a resolved finding comes back when it is seen again, also after a restart; an ignored one does not', async () => {
  const before = await seen('/orders', 2);
  await say(before.id, 'resolved');
  expect(await findings('&state=resolved')).toMatchObject([{ id: before.id, state: 'resolved' }]);
  expect(await findings()).toEqual([]);

  await sendRequest(instance, 4, '/orders', customersOneByOne, { nowMs: Date.now() + 10_000 });
  await instance.flush();
  // Nobody has looked at it yet: whoever starts next does.
  await instance.stop();
  instance = await startInstance(dataDir);
  const back = await seen('/orders', 3);
  expect(back).toMatchObject({ id: before.id, state: 'regressed', requests: 3 });

  await say(back.id, 'ignored');
  await sendRequest(instance, 5, '/orders', customersOneByOne, { nowMs: Date.now() + 20_000 });
  expect(await seen('/orders', 4, '&state=ignored')).toMatchObject({ state: 'ignored', requests: 4 });
  expect(await findings()).toEqual([]);
});
