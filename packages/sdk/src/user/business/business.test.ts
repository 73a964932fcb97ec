import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Bellwether, start } from '../../start.js';
import { type Sink, startSink } from '../../test-support/sink.js';
import { extract } from '../carrier.js';
import { setTenant } from '../set-tenant.js';
import { traced } from '../traced.js';
import { business } from './business.js';
import { eventTables } from './event-table.js';
import { eventDefinitions } from './events/list.js';

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  sdk = start({ url: sink.url, service: 'shop', disable: ['undici', 'http-client', 'http-server', 'uncaught'] });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});
beforeEach(async () => {
  await sdk.flush();
  sink.logs.length = 0;
});

async function events() {
  await sdk.flush();
  return sink.logs.filter(log => log.eventName.startsWith('business.'));
}

async function points(metric: string) {
  sink.points.length = 0;
  await sdk.flush();
  return sink.points.filter(point => point.metric === metric).map(point => [point.attributes, point.value]);
}

/** As a caller without types would, in plain JavaScript. */
function untyped(tell: (facts: never) => unknown, facts: unknown): unknown {
  return Reflect.apply(tell, undefined, [facts]);
}

const sale = { amountMinor: 150_000, currency: 'EUR', type: 'subscription' };

test('[L9][W40] revenue is whole minor units with a currency, a partner and a key, in the trace and tenant it happened in', async () => {
  const bill = traced('bill', () => {
    setTenant('acme', { plan: 'enterprise' });
    return business.revenue({ ...sale, partner: 'p-456', plan: 'premium', idempotencyKey: 'inv-7' });
  });
  expect(bill()).toEqual({ outcome: 'recorded', id: 'inv-7' });
  const [event] = await events();
  expect(event).toMatchObject({ eventName: 'business.revenue', severity: 9, body: 'business.revenue' });
  expect(event?.attributes).toEqual({
    'business.amount_minor': 150_000,
    'business.currency': 'EUR',
    'business.revenue.type': 'subscription',
    'business.partner.id': 'p-456',
    'business.plan': 'premium',
    'business.idempotency_key': 'inv-7',
    'tenant.id': 'acme',
    'tenant.plan': 'enterprise',
  });
  expect(event?.traceId).toBe(sink.spans.find(span => span.name === 'bill')?.traceId);
});

test.each([
  [
    { ...sale, amountMinor: 19.99 },
    'business.revenue: amountMinor should be a whole number of minor units of at least 0 (1999 for 19.99 EUR), not 19.99',
  ],
  [
    { ...sale, amountMinor: '1999' },
    'business.revenue: amountMinor should be a whole number of minor units of at least 0 (1999 for 19.99 EUR), not a string',
  ],
  [
    { ...sale, amountMinor: -5 },
    'business.revenue: amountMinor should be a whole number of minor units of at least 0 (1999 for 19.99 EUR), not -5',
  ],
  [
    { ...sale, amountMinor: 2 ** 53 },
    'business.revenue: amountMinor should be a whole number of minor units of at least 0 (1999 for 19.99 EUR), not 9007199254740992',
  ],
  [{ ...sale, currency: 'eur' }, 'business.revenue: currency should be an ISO 4217 code such as EUR, not a string'],
  [{ ...sale, currency: 'ZZZ' }, 'business.revenue: currency should be an ISO 4217 code such as EUR, not a string'],
  [{ amountMinor: 1, currency: 'EUR' }, 'business.revenue: type should be a text of 1 to 256 characters, not missing'],
  [undefined, 'business.revenue: its facts should be an object, not missing'],
])('[W40] %j is refused with a sentence', async (facts, reason) => {
  expect(untyped(business.revenue, facts)).toEqual({ outcome: 'refused', reason });
  expect(await events()).toEqual([]);
});

test('[A6][W4] whatever is passed, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }), facts => {
      for (const tell of [business.revenue, business.order, business.subscription.started, business.event])
        expect(untyped(tell, facts)).toHaveProperty('outcome');
    }),
    { numRuns: 300 },
  );
});

test('refused events are counted', async () => {
  untyped(business.refund, { amountMinor: 1.5, currency: 'EUR' });
  expect(await points('business.events.refused')).toContainEqual([{ 'event.name': 'business.refund' }, 1]);
});

test('another fact that cannot be right is left out, and the event stays', async () => {
  expect(untyped(business.revenue, { ...sale, channel: 7, wrong: 'x', at: 'today' })).toMatchObject({
    outcome: 'recorded',
  });
  const [event] = await events();
  expect(event?.attributes['business.channel']).toBeUndefined();
});

test('amount and currency go together, also where money is not needed', () => {
  expect(business.order({ orderId: 'o-1', status: 'created', amountMinor: 100 })).toEqual({
    outcome: 'refused',
    reason: 'business.order: amountMinor and currency go together; currency is missing',
  });
});

test('[L9] a refund is an event of its own with a positive amount', async () => {
  business.refund({ amountMinor: 5000, currency: 'EUR', of: 'inv-7', reason: 'damaged' });
  const [event] = await events();
  expect(event?.attributes).toMatchObject({
    'business.amount_minor': 5000,
    'business.refund.of': 'inv-7',
    'business.reason': 'damaged',
  });
  expect(String(event?.attributes['business.idempotency_key'])).toMatch(/^[\da-f-]{36}$/);
});

test('[W30] the same key is recorded once per process, per tenant', async () => {
  const told = [1, 2].map(() => business.revenue({ ...sale, idempotencyKey: 'twice' }).outcome);
  const other = business.revenue({ ...sale, idempotencyKey: 'twice', tenant: 'other' }).outcome;
  expect([...told, other]).toEqual(['recorded', 'duplicate', 'recorded']);
  expect(await events()).toHaveLength(2);
});

test('[W30] after commit: what a transaction told is recorded when it is done, and not when it is rolled back', async () => {
  const order = { orderId: 'o-2', status: 'created' } as const;
  const rolledBack = new Error('serialization failure');
  const failing = business.afterCommit(async events => {
    expect(events.order(order)).toMatchObject({ outcome: 'held' });
    await Promise.resolve();
    throw rolledBack;
  });
  await expect(failing).rejects.toBe(rolledBack);
  expect(await events()).toEqual([]);
  const result = await business.afterCommit(async held => {
    held.order(order);
    expect(await events()).toEqual([]);
    return 'committed';
  });
  expect([result, (await events()).length]).toEqual(['committed', 1]);
});

test('[W30] by hand: discarded or recorded once', async () => {
  const hold = business.hold();
  hold.events.feature({ feature: 'export' });
  hold.discard();
  hold.events.feature({ feature: 'import' });
  expect([hold.record().length, hold.record().length]).toEqual([1, 0]);
  expect((await events()).map(event => event.attributes['business.feature.name'])).toEqual(['import']);
});

test('what waits for a transaction is bounded', () => {
  const { events, discard } = business.hold();
  const outcomes = Array.from({ length: 1001 }, () => events.feature({ feature: 'loop' }).outcome);
  expect([outcomes[999], outcomes[1000]]).toEqual(['held', 'refused']);
  discard();
});

test('[B5] no sampling touches them: an unsampled request leaves no span but its events', async () => {
  const unsampled = extract({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' });
  traced('not sampled', () => business.feature({ feature: 'search' }), { context: unsampled })();
  const [event] = await events();
  expect(event?.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(sink.spans.some(span => span.name === 'not sampled')).toBe(false);
});

test("[L10] an event may name another tenant than the request's; the request keeps its own", async () => {
  traced('signup', () => {
    setTenant('reseller', { plan: 'gold' });
    business.lifecycle({ stage: 'registered', tenant: 'new-customer', partner: 'p-1', serviceTier: 'premium' });
    business.lifecycle({ stage: 'activated' });
  })();
  const [first, second] = await events();
  expect([first?.attributes['tenant.id'], first?.attributes['tenant.plan']]).toEqual(['new-customer', undefined]);
  expect([second?.attributes['tenant.id'], second?.attributes['tenant.plan']]).toEqual(['reseller', 'gold']);
});

test('[L1][L2][W24][W25] registration and conversion are events with the plan and source that were given, and a histogram of days', async () => {
  business.lifecycle({ stage: 'registered', customer: 'u-1', plan: 'free', source: 'newsletter' });
  business.subscription.started({
    subscriptionId: 's-1',
    plan: 'premium',
    amountMinor: 2900,
    currency: 'USD',
    interval: 'month',
    timeToConvertDays: 12,
  });
  expect((await events()).map(event => event.attributes['business.plan'])).toEqual(['free', 'premium']);
  sink.points.length = 0;
  await sdk.flush();
  const days = sink.points.find(point => point.metric === 'business.subscription.time_to_convert');
  expect(days).toMatchObject({ attributes: { plan: 'premium' }, count: 1, sum: 12, unit: 'd' });
});

test('[L3] subscriptions carry what MRR is made of: amount, interval and what was before', async () => {
  const base = { subscriptionId: 's-2', currency: 'EUR', interval: 'year' } as const;
  business.subscription.changed({
    ...base,
    plan: 'team',
    amountMinor: 120_000,
    previousPlan: 'solo',
    previousAmountMinor: 48_000,
  });
  business.subscription.cancelled({ subscriptionId: 's-2', plan: 'team', atPeriodEnd: true, reason: 'price' });
  expect((await events()).map(event => event.eventName)).toEqual([
    'business.subscription.changed',
    'business.subscription.cancelled',
  ]);
});

test('[L5][L7][L8][W3] features, credits and events of your own: ids stand on the event and never in a metric', async () => {
  business.feature({ feature: 'keyword-research', customer: 'u-77', organization: 'org-3', times: 4 });
  business.credits({ entry: 'consumed', credits: 25, balanceAfter: 75, customer: 'u-77' });
  business.event('stories.published', { value: 1, attributes: { genre: 'fantasy', 'tenant.id': 'forged' } });
  business.event('scan.completed', { value: 0 });
  const [usage, ledger, story, scan] = await events();
  expect(usage?.attributes).toMatchObject({ 'business.customer.id': 'u-77', 'business.organization.id': 'org-3' });
  expect(ledger?.attributes).toMatchObject({ 'business.credits.entry': 'consumed', 'business.credits.amount': 25 });
  expect(story?.attributes).toMatchObject({ 'business.event.name': 'stories.published', genre: 'fantasy' });
  expect(story?.attributes['tenant.id']).toBeUndefined();
  expect(scan?.attributes['business.event.value']).toBe(0);
  expect(await points('business.feature.usage')).toContainEqual([{ feature: 'keyword-research' }, 4]);
  expect(await points('business.credits')).toEqual([[{ entry: 'consumed' }, 25]]);
  expect(JSON.stringify(sink.points)).not.toContain('u-77');
});

test('[L11] a commission names its partner and its kind', async () => {
  business.commission({ amountMinor: 4500, currency: 'USD', partner: 'p-9', type: 'renewal', orderId: 'o-5' });
  expect((await events())[0]?.attributes).toMatchObject({
    'business.partner.id': 'p-9',
    'business.commission.type': 'renewal',
  });
});

test('[L13][W3][W42] orders and payments are counted by tenant, channel, provider and status; a channel that could be anything is one', async () => {
  business.order({ orderId: 'o-3', status: 'created', tenant: 't-1', channel: 'whatsapp', items: 2 });
  business.order({ orderId: 'o-4', status: 'created', tenant: 't-1', channel: 'hello "there"' });
  business.order({ orderId: 'o-3', status: 'delivered', tenant: 't-1', channel: 'whatsapp' });
  business.payment({
    paymentId: 'pay-1',
    provider: 'paystack',
    status: 'failed',
    amountMinor: 1000,
    currency: 'NGN',
    tenant: 't-1',
    failureCode: 'card_declined',
    durationMs: 250,
  });
  const created = await points('orders.created');
  expect(created).toContainEqual([{ 'tenant.id': 't-1', channel: 'whatsapp' }, 1]);
  expect(created).toContainEqual([{ 'tenant.id': 't-1', channel: '_other' }, 1]);
  expect(await points('payments.processed')).toEqual([
    [{ 'tenant.id': 't-1', provider: 'paystack', status: 'failed' }, 1],
  ]);
  const took = sink.points.find(point => point.metric === 'payment.processing.duration');
  expect(took).toMatchObject({ attributes: { provider: 'paystack' }, count: 1, sum: 0.25, unit: 's' });
});

test('a thousand concurrent pieces of work tell their events each for its own tenant and trace', async () => {
  const tenants = Array.from({ length: 1000 }, (_, index) => `t-${index}`);
  const work = traced('concurrent', async (tenant: string) => {
    setTenant(tenant);
    await new Promise(resolve => setTimeout(resolve, Math.random() * 20));
    await business.afterCommit(async events => {
      await new Promise(resolve => setTimeout(resolve, Math.random() * 20));
      events.feature({ feature: 'search', customer: `customer of ${tenant}` });
    });
  });
  await Promise.all(tenants.map(tenant => work(tenant)));
  const told = await events();
  expect(told.map(({ attributes }) => `${attributes['business.customer.id']}`).toSorted()).toEqual(
    tenants.map(tenant => `customer of ${tenant}`).toSorted(),
  );
  for (const { attributes } of told)
    expect(attributes['business.customer.id']).toBe(`customer of ${attributes['tenant.id']}`);
  expect(new Set(told.map(event => event.traceId)).size).toBe(1000);
});

test('[W4] what is missing, misspelt or of another kind does not compile', () => {
  const outcomes = [
    // @ts-expect-error the currency is missing
    business.revenue({ amountMinor: 1, type: 'sale' }),
    // @ts-expect-error there is no such status
    business.order({ orderId: 'o-1', status: 'lost' }),
    // @ts-expect-error an amount is a number
    business.refund({ amountMinor: '1', currency: 'EUR' }),
    // @ts-expect-error a commission needs its partner
    business.commission({ amountMinor: 1, currency: 'EUR', type: 'sale' }),
  ];
  expect(outcomes.map(told => told.outcome)).toEqual(Array(4).fill('refused'));
  // @ts-expect-error there is no such fact
  expect(business.feature({ feature: 'x', colour: 'red' }).outcome).toBe('recorded');
});

test('an event of the past has its own time', async () => {
  business.revenue({ ...sale, at: new Date('2026-01-31T12:00:00Z') });
  expect((await events())[0]?.timeNs).toBe(BigInt(Date.UTC(2026, 0, 31, 12)) * 1_000_000n);
});

test('no two facts of an event share an attribute', () => {
  for (const { name, fields } of eventDefinitions) {
    const attributes = Object.values(fields).map(field => field.attribute);
    expect([name, new Set(attributes).size]).toEqual([name, attributes.length]);
  }
});

test("the guide's reference is what the objects say", () => {
  const page = new URL('../../../../../docs/guide/business-events.md', import.meta.url);
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf('### Every event');
  const reference = eventTables(eventDefinitions);
  if (process.env['BELLWETHER_UPDATE_GUIDE'] === '1') writeFileSync(page, text.slice(0, start) + reference);
  expect(readFileSync(page, 'utf8').slice(start)).toBe(reference);
});

test('[A3] while the SDK is off, an event says so', async () => {
  await sdk.shutdown();
  expect(business.revenue(sale)).toEqual({ outcome: 'off', reason: 'the SDK is off' });
});
