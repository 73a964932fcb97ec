import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, newDataDir, removeDataDir, root, startInstance } from './src/instance.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'bellwether-business-'));
const dataDir = newDataDir();
let instance: Instance;

/** A service that tells of its business in requests that are not sampled, and of their functions. */
const service = `
import { business, extract, setTenant, traced } from '@bellwether/node';

const unsampled = extract({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' });
const checkout = traced(function checkout(id) {
  setTenant('acme');
  business.order({ orderId: id, status: 'created', amountMinor: 129900, currency: 'EUR', channel: 'whatsapp' });
  business.payment({ paymentId: 'pay-' + id, provider: 'paystack', status: 'succeeded', amountMinor: 129900, currency: 'EUR', durationMs: 250 });
  business.feature({ feature: 'express-checkout', customer: 'u-77' });
  business.lifecycle({ stage: 'converted', partner: 'p-1', serviceTier: 'gold' });
  business.credits({ entry: 'consumed', credits: 5 });
  business.subscription.started({ subscriptionId: 's-' + id, plan: 'team', amountMinor: 9900, currency: 'EUR', interval: 'month', timeToConvertDays: 12 });
}, { context: unsampled });
for (let order = 0; order < 100; order++) checkout('o-' + order);
`;

beforeAll(async () => {
  instance = await startInstance(dataDir);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"shop","version":"1.0.0","type":"module"}');
  writeFileSync(join(folder, 'service.js'), service);
  await run(process.execPath, ['--import', '@bellwether/node/register', 'service.js'], {
    cwd: folder,
    env: { ...process.env, BELLWETHER_URL: instance.otlp },
  });
  await instance.flush();
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

const page = z.object({
  logs: z.array(
    z.object({
      tenantId: z.string(),
      traceId: z.string(),
      attributes: z.array(z.object({ key: z.string(), value: z.unknown(), type: z.string() })),
    }),
  ),
});

async function value(query: string): Promise<unknown> {
  return instance.get(`/api/v1/query?query=${encodeURIComponent(query)}`);
}

test.each([
  ['sum by (tenant_id, channel) (orders_created_total)', { tenant_id: 'acme', channel: 'whatsapp' }, '100'],
  [
    'sum by (tenant_id, provider, status) (payments_processed_total)',
    { tenant_id: 'acme', provider: 'paystack', status: 'succeeded' },
    '100',
  ],
  ['sum(histogram_sum(payment_processing_duration_seconds))', {}, '25'],
  ['sum by (feature) (business_feature_usage_total)', { feature: 'express-checkout' }, '100'],
  ['sum by (entry) (business_credits_total)', { entry: 'consumed' }, '500'],
  [
    'sum by (event_type, partner_id, service_tier) (customer_lifecycle_events_total)',
    { event_type: 'converted', partner_id: 'p-1', service_tier: 'gold' },
    '100',
  ],
  ['sum by (plan) (histogram_sum(business_subscription_time_to_convert_days))', { plan: 'team' }, '1200'],
  ['sum by (event_name) (business_events_total{event_name="business.order"})', { event_name: 'business.order' }, '100'],
  [
    'sum by (code_function_name) (histogram_count(function_duration_seconds))',
    { code_function_name: 'checkout' },
    '100',
  ],
])("[L13] the guide's metric is there by its name in Prometheus: %s", async (query, metric, expected) => {
  expect(await value(query)).toMatchObject({
    status: 'success',
    data: { result: [{ metric, value: [expect.any(Number), expected] }] },
  });
});

test('[B5][L9] all events of an unsampled trace are there, with their money', async () => {
  const query = new URLSearchParams({
    q: 'event:business.order business.amount_minor>100000 tenant:acme',
    from: String(Date.now() - 600_000),
    to: String(Date.now() + 60_000),
    limit: '200',
  });
  const { logs } = page.parse(await instance.get(`/api/bw/v1/logs?${query}`));
  const orders = logs.flatMap(
    ({ attributes }) => attributes.find(({ key }) => key === 'business.order.id')?.value ?? [],
  );
  expect(new Set(orders)).toEqual(new Set(Array.from({ length: 100 }, (_, index) => `o-${index}`)));
  expect(logs[0]).toMatchObject({ tenantId: 'acme', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' });
  expect(logs[0]?.attributes).toContainEqual({ key: 'business.amount_minor', value: '129900', type: 'int' });
});
