import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../start.js';
import { type Sink, startSink } from '../test-support/sink.js';
import { extract, inject } from './carrier.js';
import { setTenant } from './set-tenant.js';
import { traced } from './traced.js';

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  sdk = start({ url: sink.url, service: 'traced', disable: ['undici', 'http-client', 'http-server', 'uncaught'] });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});

async function spanNamed(name: string) {
  await sdk.flush();
  const found = sink.spans.find(span => span.name === name);
  if (found === undefined) throw new Error(`no span "${name}" among ${sink.spans.map(span => span.name).join(', ')}`);
  return found;
}

test('[B1] a traced function has a span named module.function, the same result, name and length', async () => {
  const price = traced(
    async function price(count: number, cents: number) {
      await Promise.resolve();
      return count * cents;
    },
    { module: 'checkout' },
  );
  expect([await price(3, 250), price.name, price.length]).toEqual([750, 'price', 2]);
  const span = await spanNamed('checkout.price');
  expect(span.attributes).toEqual({ 'code.function.name': 'checkout.price' });
  expect([span.kind, span.status, span.endNs >= span.startNs]).toEqual([1, 0, true]);
});

test('[B3][A10] synchronous functions too, under a name of choice, nested in who called', async () => {
  const inner = traced('story.render', () => 'once');
  const outer = traced('story.create', () => inner());
  expect(outer()).toBe('once');
  const [parent, child] = [await spanNamed('story.create'), await spanNamed('story.render')];
  expect([child.parentId, child.traceId]).toEqual([parent.spanId, parent.traceId]);
});

test('[B2] an error is noted on the span and rethrown as it is, thrown or rejected', async () => {
  const thrown = new RangeError('too far');
  const rejected = new TypeError('no such thing');
  expect(() =>
    traced('throws', () => {
      throw thrown;
    })(),
  ).toThrow(thrown);
  await expect(
    traced('rejects', async () => {
      throw rejected;
    })(),
  ).rejects.toBe(rejected);
  for (const [name, type, message] of [
    ['throws', 'RangeError', 'too far'],
    ['rejects', 'TypeError', 'no such thing'],
  ] as const) {
    const span = await spanNamed(name);
    expect([span.status, span.statusMessage, span.attributes['error.type']]).toEqual([2, message, type]);
    expect(span.events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.type': type, 'exception.message': message },
    });
    expect(span.events[0]?.attributes['exception.stacktrace']).toContain('traced.test.ts');
  }
});

test('[A10] `this` and arguments pass through', () => {
  class Cart {
    readonly items = 2;
    readonly count = traced('cart.count', function (this: Cart, extra: number) {
      return this.items + extra;
    });
  }
  expect(new Cart().count(3)).toBe(5);
});

test('[G1] a job that carries its trace is a consumer span of the trace that made it, tenant and all', async () => {
  let carrier: Record<string, string> = {};
  const enqueue = traced('order.place', () => {
    setTenant('acme', { plan: 'premium' });
    carrier = inject();
  });
  enqueue();
  expect(Object.keys(carrier).sort()).toEqual(['baggage', 'traceparent']);
  const stored: unknown = JSON.parse(JSON.stringify(carrier));
  const context = extract(stored as Record<string, unknown>);
  await traced('email.send', async () => traced('smtp', () => 1)(), { kind: SpanKind.CONSUMER, context })();
  const [producer, consumer, inner] = [
    await spanNamed('order.place'),
    await spanNamed('email.send'),
    await spanNamed('smtp'),
  ];
  expect([consumer.kind, consumer.traceId, consumer.parentId]).toEqual([5, producer.traceId, producer.spanId]);
  expect(consumer.attributes).toMatchObject({ 'tenant.id': 'acme', 'tenant.plan': 'premium' });
  expect(inner.attributes).toMatchObject({ 'tenant.id': 'acme' });
  expect(inner.parentId).toBe(consumer.spanId);
});

test('a user span has attributes, events, links, a status and its tracer as scope', async () => {
  const tracer = trace.getTracer('billing', '2.1.0');
  const linked = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  tracer.startActiveSpan('charge', { attributes: { cents: 999 }, links: [{ context: linked }] }, span => {
    span.addEvent('authorised', { provider: 'x' }).setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
    span.updateName('charge card').end();
    span.setAttribute('late', true);
  });
  const span = await spanNamed('charge card');
  expect(span).toMatchObject({
    scope: 'billing',
    attributes: { cents: 999 },
    events: [{ name: 'authorised', attributes: { provider: 'x' } }],
    links: [{ traceId: linked.traceId, spanId: linked.spanId }],
    status: 2,
    statusMessage: 'declined',
  });
});
