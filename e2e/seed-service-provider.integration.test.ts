import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;
let child: ChildProcess;
let url = '';

const send = (path: string, tenant: string, body?: unknown): Promise<Response> =>
  fetch(url + path, {
    headers: { 'x-tenant': tenant, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });

const vector = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});
/** The value of a query that has one series. */
async function value(query: string): Promise<number> {
  const { result } = vector.parse(await instance.get(`/api/v1/query?query=${encodeURIComponent(query)}`)).data;
  return Number(result[0]?.value[1] ?? Number.NaN);
}

const events = z.object({
  logs: z.array(
    z.object({ tenantId: z.string(), attributes: z.array(z.object({ key: z.string(), value: z.unknown() })) }),
  ),
});
const found = async (q: string): Promise<z.infer<typeof events>['logs']> => {
  const range = `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`;
  return events.parse(await instance.get(`/api/bw/v1/logs?${range}&limit=200&q=${encodeURIComponent(q)}`)).logs;
};

beforeAll(async () => {
  instance = await startInstance(dataDir);
  child = spawn(process.execPath, [join(root, 'examples/seeds/dist/service-provider/main.js')], {
    cwd: root,
    env: {
      ...process.env,
      BELLWETHER_URL: instance.otlp,
      OTEL_SERVICE_NAME: 'service-provider',
      BELLWETHER_SAMPLING: '0.1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  url = `http://127.0.0.1:${await until('the service listens', 60_000, () => /port (\d+)/.exec(printed)?.[1])}`;
  for (let i = 0; i < 20; i++) {
    const tenant = i % 2 === 0 ? 'big-isp' : 'small-isp';
    await send('/invoices', tenant, { partner: 'p-1', amountMinor: 150_000, invoice: `inv-${i}` });
    await send('/customers', tenant, { partner: 'p-1' });
  }
  await send('/invoices', 'big-isp', { partner: 'p-2', amountMinor: -1, invoice: 'inv-x' });
  await until('customers are counted', 60_000, async () =>
    (await value('sum(customer_lifecycle_events_total)')) === 20 ? true : undefined,
  );
});
afterAll(async () => {
  child.kill('SIGTERM');
  await instance.stop();
  removeDataDir(dataDir);
});

test('[A1] one call sets it up and says which of its switches are on', async () => {
  const components = z.record(z.string(), z.unknown()).parse(await (await send('/components', 'big-isp')).json());
  expect(Object.keys(components)).toEqual(expect.arrayContaining(['enhancedApm', 'cacheMonitoring']));
});

test.each([
  [
    'customers by stage, partner and tier',
    'sum(customer_lifecycle_events_total{event_type="registered",partner_id="p-1",service_tier="enterprise"})',
    10,
  ],
  [
    'tasks of a queue',
    'histogram_count(sum(messaging_process_duration_seconds{messaging_destination_name="commission_queue",error_type=""}))',
    20,
  ],
  [
    'a task that failed, by its error',
    'histogram_count(sum(messaging_process_duration_seconds{error_type="RangeError"}))',
    1,
  ],
  [
    'requests by route',
    'histogram_count(sum(http_server_request_duration_seconds{http_route="/invoices",http_response_status_code="201"}))',
    20,
  ],
])('[L13] [F1] [G1] at a tenth of the traces, all are counted: %s', async (_name, query, expected) => {
  await expect.poll(() => value(query), { timeout: 60_000, interval: 500 }).toBe(expected);
});

test('[L13] [W24] revenue and commissions are events with money, partner, tenant and plan, none of them sampled', async () => {
  const revenue = await until('revenue', 60_000, async () => {
    const list = await found('service:service-provider business.revenue.type:subscription');
    return list.length >= 20 ? list : undefined;
  });
  expect(revenue.filter(({ tenantId }) => tenantId === 'small-isp')).toHaveLength(10);
  const text = JSON.stringify(revenue);
  for (const expected of ['p-1', 'USD', 'inv-3', 'enterprise', 'standard']) expect(text).toContain(expected);
  const commissions = await until('commissions', 60_000, async () => {
    const list = await found('service:service-provider business.commission.type:sale');
    return list.length >= 20 ? list : undefined;
  });
  expect(commissions).toHaveLength(20);
});

test('[H1] [W38] the process tells of CPU as a counter, memory beside its limit, collections by kind and the event loop', async () => {
  for (const query of [
    'sum(process_cpu_time_seconds_total)',
    'max(process_memory_usage_bytes / on() group_left() max(container_memory_limit_bytes))',
    'sum(histogram_count(v8js_gc_duration_seconds))',
    'max(nodejs_eventloop_utilization_ratio)',
  ])
    await expect.poll(() => value(query), { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
});
