import { expect, test } from 'vitest';
import { hex, plain, sent } from './sentry.test-support.js';
import { streamedSpan } from './streamed-span.js';
import { transactionSpans } from './transaction.js';

const traceId = '90029cbc815e49f9840474f02b8eaa23';
const rootId = '9b0436fff670df84';
const trace = { trace_id: traceId, span_id: rootId, op: 'http.server', status: 'ok' };
const times = { start_timestamp: 1795234935.6889026, timestamp: 1795234935.6933844 };

const spansOf = (event: object, dsc: object = {}): Exclude<ReturnType<typeof transactionSpans>, string> => {
  const made = transactionSpans(sent(event), sent(dsc));
  if (typeof made === 'string') throw new Error(made);
  return made;
};

const child = (span: object): object => ({ ...times, trace_id: traceId, span_id: 'b22c3dfca7ed2f6e', ...span });

test('a transaction and its children are spans with exact times', () => {
  const { spans, lost } = spansOf(
    {
      ...times,
      transaction: 'GET /orders/:id',
      transaction_info: { source: 'route' },
      contexts: { trace: { ...trace, parent_span_id: 'b6821146c2ac30b1', data: { 'http.method': 'GET' } } },
      measurements: { 'db.rows': { value: 3, unit: 'none' }, ttfb: { value: 1.5, unit: 'millisecond' } },
      tags: { area: 'checkout' },
      user: { id: 'u1' },
      spans: [child({ parent_span_id: rootId, op: 'cache.get', description: 'cart:1' }), { span_id: 'x' }, 7],
    },
    { sample_rate: '0.25', sample_rand: '0.1', transaction: 'GET /orders/:id' },
  );
  expect([spans.length, lost]).toEqual([2, 2]);
  const [root, inner] = spans;
  expect(root).toMatchObject({
    name: 'GET /orders/:id',
    kind: 2,
    startNs: 1795234935688902600n,
    endNs: 1795234935693384400n,
    statusCode: 0,
  });
  expect([hex(root?.traceId), hex(root?.spanId), hex(root?.parentSpanId)]).toEqual([
    traceId,
    rootId,
    'b6821146c2ac30b1',
  ]);
  expect(plain(root?.attributes ?? [])).toEqual({
    'http.request.method': 'GET',
    'sentry.op': 'http.server',
    'sentry.source': 'route',
    'http.route': '/orders/:id',
    'sentry.sample_rate': 0.25,
    'sentry.sample_rand': 0.1,
    'sentry.trace.transaction': 'GET /orders/:id',
    'sentry.measurement.db.rows': { double: 3 },
    'sentry.measurement.ttfb': { double: 1.5 },
    'sentry.measurement.ttfb.unit': 'millisecond',
    'user.id': 'u1',
    area: 'checkout',
  });
  expect(inner).toMatchObject({ name: 'cart:1', kind: 3 });
  expect(hex(inner?.parentSpanId)).toBe(rootId);
});

test.each([
  ['http.client', 'GET https://api.example:8443/v1/x?a=1', 3, 'GET api.example'],
  ['http.client', 'GET /relative', 3, 'GET'],
  ['db.sql.query', "SELECT * FROM orders WHERE name = 'ann'", 3, 'SELECT orders'],
  ['db', 'INSERT INTO "orders" VALUES (1)', 3, 'INSERT orders'],
  ['db.redis', 'GET user:17', 3, 'GET'],
  ['db', 'COMMIT', 3, 'COMMIT'],
  ['cache.get', 'user:17', 3, 'user:17'],
  ['queue.publish', 'orders', 4, 'orders'],
  ['queue.process', 'orders', 5, 'orders'],
  ['rpc.server', 'Shop/Pay', 2, 'Shop/Pay'],
  ['function.aws', 'pay', 2, 'pay'],
  ['view.render', '', 1, 'view.render'],
  ['', '', 1, 'span'],
])('a span of operation %j described as %j is of kind %i and named %j', (op, description, kind, name) => {
  const [, span] = spansOf({ ...times, contexts: { trace }, spans: [child({ op, description })] }).spans;
  expect([span?.kind, span?.name]).toEqual([kind, name]);
});

test('what a description says besides the name becomes attributes', () => {
  const { spans } = spansOf({
    ...times,
    contexts: { trace },
    spans: [
      child({ op: 'http.client', description: 'POST https://api.example/v1/x', data: { status_code: 500 } }),
      child({ op: 'db.sql.query', description: 'SELECT 1', data: { 'db.system': 'postgresql', 'db.name': 'shop' } }),
    ],
  });
  expect(spans.slice(1).map(span => plain(span.attributes))).toEqual([
    {
      'http.response.status_code': 500,
      'sentry.op': 'http.client',
      'http.request.method': 'POST',
      'url.full': 'https://api.example/v1/x',
      'server.address': 'api.example',
    },
    {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'sentry.op': 'db.sql.query',
      'db.query.text': 'SELECT 1',
    },
  ]);
});

test.each([
  ['ok', 'http.server', 0, undefined, undefined],
  ['internal_error', 'http.server', 2, 'internal_error', 'internal_error'],
  ['not_found', 'http.server', 0, undefined, undefined],
  ['not_found', 'http.client', 2, 'not_found', 'not_found'],
  ['cancelled', 'db', 0, undefined, undefined],
])('status %s of %s is code %i', (status, op, code, message, errorType) => {
  const [, span] = spansOf({ ...times, contexts: { trace }, spans: [child({ op, status })] }).spans;
  expect([span?.statusCode, span?.statusMessage]).toEqual([code, message]);
  expect(plain(span?.attributes ?? [])['error.type']).toBe(errorType);
});

test('older attribute names become those of today; the newer value stays where both came', () => {
  const data = {
    'http.request.method': 'GET',
    'http.method': 'get',
    'http.status_code': 503,
    'http.url': 'http://a/b',
    'http.query': '?x=1',
    'net.peer.name': 'a',
    'net.peer.port': 80,
    'net.transport': 'ip_tcp',
    'otel.kind': 'CLIENT',
    'http.request.header.user_agent': 'curl',
    method: 'card',
  };
  const spans = spansOf({ ...times, contexts: { trace }, spans: [child({ op: 'job', status: 'error', data })] }).spans;
  expect(plain(spans[1]?.attributes ?? [])).toEqual({
    'http.request.method': 'GET',
    'http.response.status_code': 503,
    'url.full': 'http://a/b',
    'url.query': 'x=1',
    'server.address': 'a',
    'server.port': 80,
    'network.transport': 'tcp',
    'http.request.header.user-agent': ['curl'],
    method: 'card',
    'sentry.op': 'job',
    'sentry.status': 'error',
    'error.type': '503',
  });
});

test.each([
  [{ contexts: { trace: { span_id: rootId } }, ...times }, 'a transaction has no trace id and span id'],
  [{ contexts: { trace }, timestamp: 5 }, 'a transaction has no start and end'],
])('a transaction that is no span is refused with a reason', (event, reason) => {
  expect(transactionSpans(sent(event), sent({}))).toBe(reason);
});

test('a streamed span has typed attributes, links and a status of its own', () => {
  const span = streamedSpan(
    sent({
      trace_id: traceId,
      span_id: rootId,
      name: 'GET /orders/:id',
      start_timestamp: 1795234935.6889026,
      end_timestamp: 1795234935.6933844,
      is_segment: true,
      status: 'error',
      attributes: {
        'sentry.op': { value: 'http.server', type: 'string' },
        'sentry.kind': { value: 'server', type: 'string' },
        'sentry.segment.name.source': { value: 'route', type: 'string' },
        'sentry.status.message': { value: 'internal_error', type: 'string' },
        'http.response.status_code': { value: 500, type: 'integer' },
        weight: { value: 2, type: 'double' },
        big: { value: '9007199254740993', type: 'integer' },
        'sentry.release': { value: 'shop@1.2.3', type: 'string' },
      },
      links: [
        {
          trace_id: traceId,
          span_id: 'b22c3dfca7ed2f6e',
          sampled: true,
          attributes: { 'sentry.link.type': { value: 'previous_trace', type: 'string' } },
        },
        { trace_id: 'x' },
      ],
    }),
    sent({ sample_rate: '0.5' }),
  );
  if (typeof span === 'string') throw new Error(span);
  expect(span).toMatchObject({ name: 'GET /orders/:id', kind: 2, statusCode: 2, statusMessage: 'internal_error' });
  expect(plain(span.attributes)).toEqual({
    'sentry.op': 'http.server',
    'sentry.segment.name.source': 'route',
    'sentry.status.message': 'internal_error',
    'http.response.status_code': 500,
    weight: { double: 2 },
    big: 9007199254740993n,
    'sentry.sample_rate': 0.5,
    'http.route': '/orders/:id',
    'error.type': '500',
  });
  expect(span.links?.map(link => [hex(link.spanId), plain(link.attributes)])).toEqual([
    ['b22c3dfca7ed2f6e', { 'sentry.link.type': 'previous_trace', 'sentry.sampled': true }],
  ]);
});
