import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Peer, startPostgres } from '../packages/sdk/dist/test-support/peers.js';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let database: Peer;
let child: ChildProcess;
let url = '';
let printed = '';

const order = z.object({ id: z.string() });
async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url + path, {
    method,
    headers: {
      'x-tenant': 'mama-shop',
      'x-user': 'u-7',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const vector = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
/** The value of a query that has one series. */
async function value(query: string): Promise<number> {
  const { result } = vector.parse(await instance.get(`/api/v1/query?query=${encodeURIComponent(query)}`)).data;
  return Number(result[0]?.value[1] ?? Number.NaN);
}

const lines = z.object({
  logs: z.array(
    z.object({
      body: z.string(),
      tenantId: z.string(),
      traceId: z.string(),
      attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
    }),
  ),
});
type Line = z.infer<typeof lines>['logs'][number];
async function logs(q: string): Promise<readonly Line[]> {
  const range = `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`;
  return lines.parse(await instance.get(`/api/bw/v1/logs?${range}&q=${encodeURIComponent(q)}`)).logs;
}
const attribute = ({ attributes }: Line, key: string): unknown => attributes.find(each => each.key === key)?.value;

beforeAll(async () => {
  [instance, database] = await Promise.all([startInstance(dataDir), startPostgres()]);
  child = spawn(
    process.execPath,
    ['--import', '@bellwether/node/register', join(root, 'examples/seeds/dist/conversational-commerce/main.js')],
    {
      cwd: root,
      env: {
        ...process.env,
        BELLWETHER_URL: instance.otlp,
        OTEL_SERVICE_NAME: 'conversational-commerce',
        BELLWETHER_SAMPLING: '0.2',
        DATABASE_URL: database.url,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  url = `http://127.0.0.1:${await until('the service listens', 60_000, () => /port (\d+)/.exec(printed)?.[1])}`;
  for (let i = 0; i < 30; i++) {
    const created = await send('POST', '/orders', {
      channel: i % 3 === 0 ? 'whatsapp' : 'web',
      amountMinor: 1250,
      currency: 'GHS',
    });
    const { id } = order.parse(await created.json());
    await send('POST', `/orders/${id}/payments`, { provider: i % 10 === 9 ? 'unreliable' : 'mobile-money' });
    await send('GET', `/products/p-${i}?channel=whatsapp`);
  }
  await send('PATCH', '/orders/3f0c9a52-0000-4000-8000-000000000000', { status: 'shipped' });
  // Metrics go out every ten seconds.
  await until('all orders are counted', 60_000, async () =>
    (await value('sum(product_views_total)')) === 30 ? true : undefined,
  );
});
afterAll(async () => {
  child.kill('SIGTERM');
  await instance.stop();
  await database.stop();
  removeDataDir(dataDir);
});

test.each([
  ['orders by tenant and channel', 'sum(orders_created_total{tenant_id="mama-shop",channel="whatsapp"})', 10],
  ['payments that failed, by provider', 'sum(payments_processed_total{provider="unreliable",status="failed"})', 3],
  ['payments that went well', 'sum(payments_processed_total{status="succeeded"})', 27],
  ['views of products, by what the service counts itself', 'sum(product_views_total{channel="whatsapp"})', 30],
  [
    'requests by route, method and status',
    'histogram_count(sum(http_server_request_duration_seconds{http_route="/orders",http_request_method="POST",http_response_status_code="201"}))',
    30,
  ],
  [
    'a payment that failed is a 5xx of its route',
    'histogram_count(sum(http_server_request_duration_seconds{http_route="/orders/:id/payments",http_response_status_code="502"}))',
    3,
  ],
  [
    'queries by operation and table',
    'histogram_count(sum(db_client_operation_duration_seconds{db_operation_name="INSERT"}))',
    30,
  ],
])('[C1] [L13] at 20% of traces kept, all are counted: %s', async (_name, query, expected) => {
  await expect.poll(() => value(query), { timeout: 60_000, interval: 500 }).toBe(expected);
});

test('[C2] quantiles of payments and requests are there', async () => {
  expect(await value('histogram_quantile(0.95, sum(payment_processing_duration_seconds))')).toBeGreaterThan(0.003);
  expect(
    await value('histogram_quantile(0.95, sum(http_server_request_duration_seconds{http_route="/orders"}))'),
  ).toBeGreaterThan(0);
});

test('[I5] [I11] an error of a payment says who, what and how far', async () => {
  const failures = await until('the errors are there', 60_000, async () => {
    const found = await logs('service:conversational-commerce level:error');
    return found.length >= 3 ? found : undefined;
  });
  expect(failures).toHaveLength(3);
  for (const failure of failures) {
    expect(failure.tenantId).toBe('mama-shop');
    expect(
      ['exception.type', 'payment_provider', 'user.id', 'payment.currency', 'sentry.extra.payment_state'].map(key =>
        attribute(failure, key),
      ),
    ).toEqual(['PaymentFailed', 'unreliable', 'u-7', 'GHS', 'failed']);
    expect(String(attribute(failure, 'payment.amount'))).toBe('1250');
    // What failed is kept whatever the sampling says.
    expect(JSON.stringify(await instance.get(`/api/bw/v1/traces/${failure.traceId}`))).toContain(
      '/orders/:id/payments',
    );
  }
});

test('[J1] a change of status is a structured line with tenant and trace, and its time has a zone', async () => {
  const changes = await until('the lines are there', 60_000, async () => {
    const found = await logs('service:conversational-commerce "order status changed"');
    return found.length >= 27 ? found : undefined;
  });
  expect(changes).toHaveLength(27);
  const [change] = changes;
  expect([change?.body, change?.tenantId, change && attribute(change, 'new_status')]).toEqual([
    'order status changed',
    'mama-shop',
    'confirmed',
  ]);
  expect(printed).toMatch(/"time":"\d{4}-\d\d-\d\dT[\d:.]+Z"/);
});

test('[A2] a scraper gets the same numbers from the service itself', async () => {
  const page = await (await send('GET', '/metrics')).text();
  expect(page).toMatch(/^http_server_request_duration_seconds_count\{[^}]*http_route="\/orders"[^}]*\} 30$/m);
  expect(page).toMatch(/^product_views_total\{.*\} 30$/m);
});

test('[D7] health: the database counts for readiness, not for life; without it the answer is 503 and says nothing of it', async () => {
  expect([(await send('GET', '/health')).status, (await send('GET', '/health/db')).status]).toEqual([200, 200]);
  await database.stop();
  const gone = await until('the check notices', 60_000, async () => {
    const answer = await send('GET', '/health/db');
    return answer.status === 503 ? answer : undefined;
  });
  expect(gone.headers.get('retry-after')).toBe('5');
  expect(Object.keys(z.record(z.string(), z.unknown()).parse(await gone.json())).toSorted()).toEqual([
    'status',
    'timestamp',
  ]);
  expect((await send('GET', '/health/live')).status).toBe(200);
});
