import { context, createContextKey, metrics, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bellwether, start } from '../start.js';
import { type Sink, startSink } from '../test-support/sink.js';
import { setTenant } from '../user/set-tenant.js';

let sink: Sink;
let sdk: Bellwether;

beforeAll(async () => {
  sink = await startSink();
  sdk = start({
    url: sink.url,
    service: 'context',
    disable: ['undici', 'http-client', 'http-server', 'uncaught', 'event-loop-stalls'],
  });
});
afterAll(async () => {
  await sdk.shutdown();
  await sink.close();
});

const point = (name: string) => sink.points.findLast(point => point.metric === name && point.scope === 'shop');
const tracer = trace.getTracer('t');
const key = createContextKey('key');

test('a context value lives as long as its function, across awaits, and not outside', async () => {
  const seen = await context.with(ROOT_CONTEXT.setValue(key, 'v'), async () => {
    await new Promise(resolve => setTimeout(resolve, 2));
    return context.active().getValue(key);
  });
  expect([seen, context.active().getValue(key)]).toEqual(['v', undefined]);
});

test('200 interleaved tasks each see their own span and value', async () => {
  const mixed = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      tracer.startActiveSpan(`task ${index}`, span =>
        context.with(context.active().setValue(key, index), async () => {
          for (let turn = 0; turn < 5; turn++) {
            await new Promise(resolve => setTimeout(resolve, (index * 7 + turn) % 5));
            if (context.active().getValue(key) !== index) return true;
            if (trace.getActiveSpan()?.spanContext().spanId !== span.spanContext().spanId) return true;
          }
          span.end();
          return false;
        }),
      ),
    ),
  );
  expect(mixed.filter(Boolean)).toEqual([]);
});

test('what is bound runs in its context, wherever it is called', () => {
  const read = context.bind(ROOT_CONTEXT.setValue(key, 7), () => context.active().getValue(key));
  expect(read()).toBe(7);
});

test('[B4] W3C trace context and baggage go out and come in', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const incoming = propagation.extract(ROOT_CONTEXT, { traceparent, tracestate: 'a=1', baggage: 'k=v%20w' });
  expect(propagation.getBaggage(incoming)?.getEntry('k')?.value).toBe('v w');
  const outgoing: Record<string, string> = {};
  propagation.inject(incoming, outgoing);
  expect(outgoing).toEqual({ traceparent, tracestate: 'a=1', baggage: 'k=v%20w' });
  const span = tracer.startSpan('child', {}, incoming);
  expect(span.spanContext().traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
});

test('[B4] baggage stays in its bounds: the tenant goes first, and of the rest what fits', () => {
  const entries = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`k${index}`, { value: 'v'.repeat(300) }]),
  );
  tracer.startActiveSpan('outer', span => {
    setTenant('acme', { plan: 'premium' });
    const carrier: Record<string, string> = {};
    propagation.inject(propagation.setBaggage(context.active(), propagation.createBaggage(entries)), carrier);
    const members = carrier['baggage']?.split(',') ?? [];
    expect(members.slice(0, 3)).toEqual(['tenant.id=acme', 'tenant.plan=premium', `k0=${'v'.repeat(300)}`]);
    expect([members.length > 20, members.length <= 64, (carrier['baggage']?.length ?? 0) <= 8192]).toEqual([
      true,
      true,
      true,
    ]);
    span.end();
  });
});

test('a span in a context without one begins a trace, as does `root`', () => {
  const ids = context.with(ROOT_CONTEXT.setValue(key, 1), () =>
    [tracer.startSpan('a'), tracer.startSpan('b')].map(span => span.spanContext().traceId),
  );
  expect(new Set(ids).size).toBe(2);
  tracer.startActiveSpan('outer', outer => {
    expect(tracer.startSpan('r', { root: true }).spanContext().traceId).not.toBe(outer.spanContext().traceId);
  });
});

test("a meter's counters, gauges, histograms and observables arrive, cumulative", async () => {
  const meter = metrics.getMeter('shop');
  const orders = meter.createCounter('orders', { unit: '{order}' });
  orders.add(2, { channel: 'web' });
  orders.add(3, { channel: 'web' });
  orders.add(-1, { channel: 'web' });
  meter.createUpDownCounter('open').add(-4);
  meter.createHistogram('basket', { unit: 'EUR' }).record(12.5);
  meter.createObservableGauge('depth').addCallback(result => result.observe(9, { queue: 'mail' }));
  meter.createObservableGauge('broken').addCallback(() => {
    throw new Error('not ready');
  });
  await sdk.flush();
  expect(point('orders')).toMatchObject({ value: 5, attributes: { channel: 'web' }, unit: '{order}' });
  expect(point('open')?.value).toBe(-4);
  expect(point('basket')).toMatchObject({ count: 1, sum: 12.5, scale: 3 });
  expect(point('depth')).toMatchObject({ value: 9, attributes: { queue: 'mail' } });
  expect(sdk.report().faults).toEqual({ 'metric callback': 1 });
});
