import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from './test-support/child-app.js';
import { type Sink, startSink } from './test-support/sink.js';

let sink: Sink;
let app: ChildApp | undefined;

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  await app?.stop('SIGKILL');
  await sink.close();
});

async function run(name: string, environment: Record<string, string>): Promise<ChildApp> {
  app = await startApp(name, { BELLWETHER_URL: sink.url, ...environment });
  return app;
}

test.each(['raw', 'fastify', 'express'])(
  '[C7][B9] answers of %s carry the time, the trace and the request id that they are asked to carry',
  async name => {
    const names = 'x-response-time,X-Process-Time,x-trace-id,x-request-id,server-timing';
    const { get, stop } = await run(name, { BELLWETHER_RESPONSE_HEADERS: names });
    const path = name === 'raw' ? '/' : '/rejects';
    const { headers } = await get(path, { 'x-request-id': 'gw-17' });
    const own = await get(path, { 'x-request-id': 'line\u00e9 break' });
    await stop();
    expect(headers.get('x-response-time')).toMatch(/^\d\.\d{3}s$/);
    expect(headers.get('x-process-time')).toMatch(/^\d\.\d{3}$/);
    const [span] = sink.spans;
    expect(headers.get('x-trace-id')).toBe(span?.traceId);
    expect(headers.get('server-timing')).toContain(String(span?.traceId));
    expect(headers.get('x-request-id')).toBe('gw-17');
    expect(span?.attributes['request.id']).toBe('gw-17');
    // What does not look like an id is not taken over; the trace is a good name then.
    expect(own.headers.get('x-request-id')).toBe(own.headers.get('x-trace-id'));
  },
);

test('without being asked no header is added', async () => {
  const { get } = await run('raw', {});
  const { headers } = await get('/', { 'x-request-id': 'gw-17' });
  expect([...headers.keys()].filter(name => name.startsWith('x-') || name === 'server-timing')).toEqual([]);
});

test('[C6] what clients send is measured where they say how much it is', async () => {
  const { port, stop } = await run('raw', {});
  const url = `http://127.0.0.1:${port}/`;
  await (await fetch(url, { method: 'POST', body: 'x'.repeat(1234) })).text();
  await (await fetch(url)).text();
  await stop();
  expect(sink.spans.map(span => span.attributes['http.request.body.size'])).toEqual([1234, undefined]);
  const sizes = sink.points.filter(point => point.metric === 'http.server.request.body.size');
  expect(sizes.map(({ count, sum }) => [count, sum])).toEqual([[1, 1234]]);
});

test('[C8] a route can have a threshold of its own for slow requests', async () => {
  const { get, stop } = await run('fastify', { BELLWETHER_SLOW_REQUEST_MS: '10,/slow=60000' });
  await get('/slow');
  await get('/orders/1');
  await stop();
  expect(sink.logs.filter(log => log.eventName === 'http.slow_request' && String(log.body).includes('/slow'))).toEqual(
    [],
  );
});

test('[B5][C8] with a share of 0 what fails and what is slow is still a trace; everything is counted', async () => {
  const { get, stop } = await run('fastify', {
    BELLWETHER_SAMPLING: '0',
    BELLWETHER_SLOW_REQUEST_MS: '60000,/slow=1500',
  });
  for (let order = 0; order < 5; order++) await get(`/orders/${order}`);
  await get('/fails');
  await get('/slow');
  await stop();
  expect(sink.spans.map(span => [span.name, span.traceState])).toEqual([
    ['GET /fails', 'ot=th:0'],
    ['GET /slow', 'ot=th:0'],
  ]);
  const counts = sink.points.filter(point => point.metric === 'http.server.request.duration');
  expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(7);
  expect(sink.points.find(point => point.metric === 'bellwether.sdk.sampled_out')?.value).toBe(5);
  expect(sink.logs.filter(log => log.body === 'order read')).toHaveLength(5);
});

test('[B5] who is called is told the decision of who called', async () => {
  const { get, stop } = await run('express', { BELLWETHER_SAMPLING: '0,/out=1' });
  const kept = JSON.parse((await get('/out')).body) as Record<string, string>;
  await stop();
  expect(kept['traceparent']).toMatch(/-01$/);
  expect(sink.spans.map(span => span.name)).toEqual(['GET /headers', 'GET', 'GET /out']);
});

test('[B4] who is called is told of the trace in the ways that were asked for', async () => {
  const { get, stop } = await run('express', { OTEL_PROPAGATORS: 'b3,sentry,datadog' });
  // The application shows what headers its own call brought.
  const seen = JSON.parse((await get('/out')).body) as Record<string, string>;
  await stop();
  const [, client] = sink.spans;
  expect(seen['b3']).toBe(`${client?.traceId}-${client?.spanId}-1`);
  expect(seen['sentry-trace']).toBe(seen['b3']);
  expect(
    BigInt(seen['x-datadog-parent-id'] ?? 0)
      .toString(16)
      .padStart(16, '0'),
  ).toBe(client?.spanId);
  expect(seen['traceparent']).toBeUndefined();
  expect(new Set(sink.spans.map(span => span.traceId)).size).toBe(1);
});

test('[C9] each request is a record with all that is known of it, when that is asked for', async () => {
  const { get, stop } = await run('fastify', { BELLWETHER_REQUEST_EVENTS: 'true' });
  await get('/orders/42?token=secret', { 'x-tenant': 'acme', 'x-request-id': 'gw-1', 'user-agent': 'probe/1' });
  await get('/fails');
  await stop();
  const events = sink.logs.filter(log => log.eventName === 'http.request');
  expect(events[0]).toMatchObject({
    severityText: 'INFO',
    traceId: sink.spans[0]?.traceId,
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'url.path': '/orders/42',
      'url.query': 'token=REDACTED',
      'http.response.status_code': 200,
      'user_agent.original': 'probe/1',
      'tenant.id': 'acme',
      'request.id': 'gw-1',
    },
  });
  expect(events[0]?.attributes['duration_ms']).toBeGreaterThan(0);
  expect(events[1]).toMatchObject({ severityText: 'ERROR', attributes: { 'error.type': 'TypeError' } });
});
