import { expect, test } from 'vitest';
import { startApp } from './test-support/child-app.js';
import { startSink } from './test-support/sink.js';

test('[A5][B4][C1] HTTP/2: streams and frameworks, server and client, are seen as HTTP/1 is, in one trace', async () => {
  const sink = await startSink();
  const app = await startApp('http2', { BELLWETHER_URL: sink.url });
  try {
    const statuses: number[] = [];
    for (const path of ['/streams/acme', '/streams/fails', '/app/orders/7', '/app/broken'])
      statuses.push((await app.get(path)).status);
    expect(statuses).toEqual([200, 503, 200, 500]);
  } finally {
    await app.stop();
    await sink.close();
  }
  const inside = sink.spans.filter(span => span.attributes['network.protocol.version'] === '2');
  expect(inside.map(span => [span.name, span.attributes['http.response.status_code'], span.status])).toEqual([
    ['GET', 200, 0],
    ['GET', 503, 2],
    ['GET /orders/:order', 200, 0],
    ['GET /broken', 500, 2],
  ]);
  expect(inside[0]?.attributes['tenant.id']).toBe('acme');
  expect(inside[3]?.events[0]?.attributes).toMatchObject({ 'exception.type': 'RangeError' });
  for (const server of inside) {
    const client = sink.spans.find(span => span.spanId === server.parentId);
    expect([client?.kind, client?.traceId]).toEqual([3, server.traceId]);
    expect(client?.attributes['http.response.status_code']).toBe(server.attributes['http.response.status_code']);
    expect(sink.spans.find(span => span.spanId === client?.parentId)?.kind).toBe(2);
  }
  expect(sink.points.findLast(point => point.metric === 'http.server.active_requests')?.value).toBe(0);
});
