import { expect, test } from 'vitest';
import { matrixCases, openCase } from '../test-support/matrix.js';

const library = '@opentelemetry/instrumentation-dataloader';
const cases = matrixCases(library, { previous: false, forms: ['esm', 'cjs'] });

test.each(cases)(
  "[A4] an application's own tracer, baggage and context work on our provider, and so does an instrumentation of OpenTelemetry's ($name)",
  async one => {
    const { start, sink } = await openCase(one);
    const app = await start({}, 'opentelemetry');
    const { status, body } = await app.get('/');
    await app.stop();
    expect([status, body]).toEqual([200, expect.any(String)]);
    // What the application answers with.
    const seen = JSON.parse(body) as Record<string, unknown> & { readonly carrier: Record<string, string> };
    expect(seen).toMatchObject({ loaded: [1, 2], isSame: true, value: 'v' });
    const of = (name: string) => sink.spans.find(span => span.name === name);
    const [request, own, load, batch, alone] = [
      'GET',
      'own',
      'dataloader.load orders',
      'dataloader.batch orders',
      'alone',
    ].map(of);
    expect(own).toMatchObject({
      scope: 'app',
      parentId: request?.spanId,
      attributes: { answer: 42 },
      events: [{ name: 'counted', attributes: { upTo: 2 } }],
    });
    expect(load).toMatchObject({ scope: library, traceId: own?.traceId, parentId: own?.spanId });
    expect(batch?.traceId).toBe(own?.traceId);
    expect(batch?.links).toHaveLength(2);
    expect(alone).toMatchObject({ parentId: '' });
    expect(alone?.traceId).not.toBe(own?.traceId);
    expect(seen.carrier['traceparent']).toBe(`00-${own?.traceId}-${own?.spanId}-01`);
    expect(seen.carrier['baggage']).toBe('color=green%2C%20light');
  },
);

test.each(cases.slice(0, 1))("[A4] all of OpenTelemetry's instruments arrive ($name)", async one => {
  const { start, sink } = await openCase(one);
  const app = await start({}, 'opentelemetry');
  await app.get('/');
  await app.stop();
  const own = sink.points.filter(point => point.scope === 'app');
  const value = (name: string) => own.findLast(point => point.metric === name)?.value;
  expect(['sold', 'open', 'level', 'temperature', 'used', 'free'].map(value)).toEqual([2, -2, 9, 21.5, 3, 5]);
  expect(own.find(point => point.metric === 'sold')).toMatchObject({ unit: '{item}', attributes: { kind: 'book' } });
  expect(own.findLast(point => point.metric === 'sizes')).toMatchObject({ count: 3, sum: 111, unit: 'By' });
});
