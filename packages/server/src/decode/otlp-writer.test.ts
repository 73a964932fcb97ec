import { expect, test } from 'vitest';
import { decode } from './decode.js';
import { logsRequest, metricsRequest, spanKind, statusCode, tracesRequest, valueOfJson } from './otlp-writer.js';

const resource = new Map([['service.name', 'checkout']]);
const traceId = Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex');
const spanId = Buffer.from('b7ad6b7169203331', 'hex');

test('spans that were written are read as OTLP', () => {
  const body = tracesRequest([
    {
      resource,
      scope: { name: 'zipkin', version: '2' },
      items: [
        {
          traceId,
          spanId,
          parentSpanId: spanId,
          name: 'GET /orders/:id',
          kind: spanKind.server,
          startNs: 1_700_000_000_000_000_000n,
          endNs: 1_700_000_000_250_000_000n,
          attributes: [
            ['http.response.status_code', 500],
            ['nested', new Map([['list', [1, 'two', { double: 3 }, true, null]]])],
            ['absent', undefined],
          ],
          statusCode: statusCode.error,
          statusMessage: 'boom',
          events: [
            { timeNs: 1_700_000_000_100_000_000n, name: 'exception', attributes: [['exception.type', 'Error']] },
          ],
          links: [{ traceId, spanId, attributes: [] }],
        },
      ],
    },
  ]);
  const batch = decode('traces', 'protobuf', body);
  expect(batch).toMatchObject({ items: 1, rejected: 0, service: 'checkout', newestMs: 1_700_000_000_250 });
});

test('log records that were written are read as OTLP', () => {
  const item = {
    timeNs: 1n,
    body: 'hello',
    severityNumber: 17,
    attributes: [],
    traceId,
    spanId,
    eventName: 'exception',
  };
  expect(decode('logs', 'protobuf', logsRequest([{ resource, items: [item, item] }]))).toMatchObject({ items: 2 });
});

test('metrics of every kind that were written are read as OTLP', () => {
  const at = { attributes: [['route', '/']] as const, timeNs: 1_700_000_000_000_000_000n };
  const body = metricsRequest([
    {
      resource,
      items: [
        { name: 'queue.depth', type: 'gauge', points: [{ ...at, value: 3 }] },
        { name: 'requests', type: 'sum', isMonotonic: true, temporality: 'delta', points: [{ ...at, value: 2.5 }] },
        {
          name: 'latency',
          unit: 'ms',
          type: 'histogram',
          temporality: 'delta',
          points: [{ ...at, count: 3, sum: 30, bounds: [10, 20], counts: [1, 1, 1] }],
        },
        {
          name: 'size',
          type: 'exponential_histogram',
          temporality: 'cumulative',
          points: [
            {
              ...at,
              count: 3,
              sum: 7,
              scale: -2,
              zeroCount: 1,
              positive: { offset: -3, counts: [1, 1] },
              negative: { offset: 0, counts: [] },
            },
          ],
        },
      ],
    },
  ]);
  const batch = decode('metrics', 'protobuf', body);
  expect(batch).toMatchObject({ items: 4, rejected: 0 });
  expect(batch).toHaveProperty('exponentials.0.scale', -2);
  expect(batch).toHaveProperty('exponentials.0.positive', { offset: -3, counts: [1, 1] });
  expect(batch).toHaveProperty('histograms.0.counts', [1, 1, 1]);
  expect(batch).toHaveProperty('numbers.1.value', 2.5);
});

test('JSON becomes values, and what is nested without end becomes text', () => {
  expect(valueOfJson({ a: [1, { b: null }] })).toEqual(new Map([['a', [1, new Map([['b', null]])]]]));
  let deep: unknown = 'end';
  for (let i = 0; i < 40; i++) deep = [deep];
  const body = logsRequest([{ resource, items: [{ timeNs: 1n, body: valueOfJson(deep), attributes: [] }] }]);
  expect(decode('logs', 'protobuf', body)).toMatchObject({ items: 1, rejected: 0 });
});
