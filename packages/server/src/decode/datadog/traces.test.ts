import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { swallowAnything } from '../hostile-parts.test-support.js';
import { pack, packArrayHead, type Packable } from '../msgpack.test-support.js';
import type { SpanItem } from '../otlp-writer.js';
import { emptySpan, type DatadogSpan } from './datadog-span.js';
import { otlpSpan, traceIdHighOf } from './otlp-span.js';
import { readTraces, type TraceVersion } from './trace-payload.js';
import { tracingProcess, unknownTracer } from './tracing-process.js';
import { datadogTraces } from './traces.js';

const startNs = 1_790_000_000_123_456_789n;
const root = {
  service: 'Shop',
  name: 'fastify.request',
  resource: 'GET /orders/:id',
  type: 'web',
  trace_id: 18_446_744_073_709_551_615n,
  span_id: 9_007_199_254_740_993n,
  parent_id: 0,
  start: startNs,
  duration: 5_000_001,
  error: 1,
  meta: {
    '_dd.p.tid': '6b011d5f00000000',
    '_dd.p.dm': '-1',
    service: 'Shop',
    env: 'prod',
    version: '1.2.3',
    'runtime-id': 'd7aab0da-78e4-44e3-9490-4e4164773135',
    language: 'javascript',
    component: 'fastify',
    'span.kind': 'server',
    'http.method': 'GET',
    'http.status_code': '500',
    'http.route': '/orders/:id',
    'http.url': 'http://127.0.0.1:8080/orders/7?full=1',
    'http.useragent': 'curl/8',
    'http.request.headers.x-Request': 'r-1',
    'error.type': 'TypeError',
    'error.message': 'no such order',
    'error.stack': 'TypeError: no such order\n    at get (orders.js:7:3)',
    'order.kind': 'gift',
    'usr.id': 'u-1',
    events: '[{"name":"cache miss","time_unix_nano":1790000000124000000,"attributes":{"tries":2,"keys":["a","b"]}}]',
    '_dd.span_links':
      '[{"trace_id":"6b011d5f000000001ddeca93e04f46eb","span_id":"1ddeca93e04f46eb","attributes":{"why":"batch"},"flags":1,"tracestate":"dd=s:1"}]',
  },
  metrics: {
    process_id: 4711,
    _sampling_priority_v1: 1,
    '_dd.measured': 1,
    '_dd.top_level': 1,
    '_dd.agent_psr': 1,
    'order.total': 12.5,
  },
} as const satisfies Packable;
const query = {
  service: 'Shop-postgres',
  name: 'pg.query',
  resource: "SELECT * FROM orders WHERE name = 'Ann'",
  type: 'sql',
  trace_id: root.trace_id,
  span_id: 2,
  parent_id: root.span_id,
  start: startNs + 1_000_000n,
  duration: 1_000_000,
  error: 0,
  meta: {
    '_dd.base_service': 'shop',
    'span.kind': 'client',
    'db.type': 'postgres',
    'db.name': 'orders',
    'db.user': 'app',
    'out.host': 'db.local',
    component: 'pg',
  },
  metrics: { 'network.destination.port': 5432, 'db.row_count': 1 },
} as const satisfies Packable;

/** The spans of a body as OpenTelemetry's, in their order. */
function spansOf(body: Uint8Array, version: TraceVersion = '0.4'): readonly SpanItem[] {
  const items: SpanItem[] = [];
  readTraces(body, version, {
    chunk(spans) {
      const facts = { traceIdHigh: traceIdHighOf(spans), service: tracingProcess(spans, unknownTracer).service };
      items.push(...spans.map(span => otlpSpan(span, facts)));
    },
    rejected(reason) {
      throw new Error(reason);
    },
  });
  return items;
}

/** The same spans as /v0.5 has them. */
function packTable(chunks: readonly (readonly (typeof root | typeof query)[])[]): Buffer {
  const table: string[] = [''];
  const at = (text: string): number => {
    if (!table.includes(text)) table.push(text);
    return table.indexOf(text);
  };
  const indexed = (map: object, value: (value: unknown) => number): Buffer => {
    const entries = Object.entries(map).flatMap(([key, member]) => [pack(at(key)), pack(value(member))]);
    return Buffer.concat([Buffer.from([0xde, 0, entries.length / 2]), ...entries]);
  };
  const traces = chunks.map(spans =>
    Buffer.concat([
      packArrayHead(spans.length),
      ...spans.map(span =>
        Buffer.concat([
          packArrayHead(12),
          ...[at(span.service), at(span.name), at(span.resource)].map(pack),
          ...[span.trace_id, span.span_id, span.parent_id, span.start, span.duration, span.error].map(pack),
          indexed(span.meta, value => at(String(value))),
          indexed(span.metrics, Number),
          pack(at(span.type)),
        ]),
      ),
    ]),
  );
  return Buffer.concat([packArrayHead(2), pack(table), packArrayHead(traces.length), ...traces]);
}

test('[B8] a request of a Datadog tracer becomes the span that OpenTelemetry would have made', () => {
  const [server] = spansOf(pack([[root, query]]));
  expect({ ...server, attributes: Object.fromEntries(server?.attributes ?? []) }).toEqual({
    traceId: Buffer.from('6b011d5f00000000ffffffffffffffff', 'hex'),
    spanId: Buffer.from('0020000000000001', 'hex'),
    parentSpanId: undefined,
    traceState: undefined,
    name: 'GET /orders/:id',
    kind: 2,
    startNs,
    endNs: startNs + 5_000_001n,
    attributes: {
      'datadog.decision_maker': '-1',
      'datadog.component': 'fastify',
      'http.request.method': 'GET',
      'http.response.status_code': 500,
      'http.route': '/orders/:id',
      'user_agent.original': 'curl/8',
      'http.request.header.x-request': ['r-1'],
      'order.kind': 'gift',
      'user.id': 'u-1',
      'datadog.sampling_priority': 1,
      'datadog.measured': true,
      'datadog.top_level': true,
      'datadog.agent_psr': 1,
      'order.total': 12.5,
      'url.scheme': 'http',
      'url.path': '/orders/7',
      'url.query': 'full=1',
      'server.address': '127.0.0.1',
      'server.port': 8080,
      'error.type': 'TypeError',
      'datadog.operation': 'fastify.request',
      'datadog.type': 'web',
    },
    statusCode: 2,
    statusMessage: 'no such order',
    events: [
      {
        name: 'cache miss',
        timeNs: 1_790_000_000_124_000_000n,
        attributes: [
          ['tries', 2],
          ['keys', ['a', 'b']],
        ],
      },
      {
        name: 'exception',
        timeNs: startNs + 5_000_001n,
        attributes: [
          ['exception.type', 'TypeError'],
          ['exception.message', 'no such order'],
          ['exception.stacktrace', 'TypeError: no such order\n    at get (orders.js:7:3)'],
        ],
      },
    ],
    links: [
      {
        traceId: Buffer.from('6b011d5f000000001ddeca93e04f46eb', 'hex'),
        spanId: Buffer.from('1ddeca93e04f46eb', 'hex'),
        traceState: 'dd=s:1',
        attributes: [['why', 'batch']],
      },
    ],
  });
});

test('[B8] a query keeps its statement and its database, and belongs to the process that sent it', () => {
  const [, sql] = spansOf(pack([[root, query]]));
  expect(sql).toMatchObject({
    traceId: Buffer.from('6b011d5f00000000ffffffffffffffff', 'hex'),
    parentSpanId: Buffer.from('0020000000000001', 'hex'),
    name: query.resource,
    kind: 3,
  });
  expect(Object.fromEntries(sql?.attributes ?? [])).toEqual({
    'db.system.name': 'postgresql',
    'db.namespace': 'orders',
    'db.user': 'app',
    'db.query.text': query.resource,
    'db.response.returned_rows': 1,
    'server.address': 'db.local',
    'server.port': 5432,
    'datadog.component': 'pg',
    'datadog.operation': 'pg.query',
    'datadog.type': 'sql',
    'datadog.service': 'Shop-postgres',
  });
});

test('0.5 with its table of strings says the same as 0.4', () => {
  expect(spansOf(packTable([[root, query]]), '0.5')).toEqual(spansOf(pack([[root, query]])));
});

test('the resource is the process: its service as it is written, whatever the spans to databases are called', () => {
  const spans: DatadogSpan[] = [];
  readTraces(pack([[query, root]]), '0.4', { chunk: list => spans.push(...list), rejected: () => {} });
  const tracer = { language: 'nodejs', languageVersion: 'v20.20.2', version: '5.132.0', containerId: 'c1' };
  expect(Object.fromEntries(tracingProcess(spans, tracer).resource)).toEqual({
    'service.name': 'Shop',
    'service.version': '1.2.3',
    'service.instance.id': 'd7aab0da-78e4-44e3-9490-4e4164773135',
    'deployment.environment.name': 'prod',
    'telemetry.sdk.name': 'datadog',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': '5.132.0',
    'process.pid': 4711,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': '20.20.2',
    'container.id': 'c1',
  });
  expect(tracingProcess(spans.slice(0, 1), unknownTracer).service).toBe('shop');
});

const span = (changes: Partial<DatadogSpan>): DatadogSpan => ({ ...emptySpan(), traceId: 1n, spanId: 1n, ...changes });
const named = (changes: Partial<DatadogSpan>): readonly unknown[] => {
  const { name, kind, attributes } = otlpSpan(span(changes), { traceIdHigh: 0n, service: '' });
  return [name, kind, Object.fromEntries(attributes)['datadog.resource']];
};

const meta = (entries: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(entries));

test('spans are named as OpenTelemetry names them, after what they do and not after what they did it with', () => {
  expect([
    named({ name: 'http.request', resource: 'GET', type: 'http', meta: meta({ 'http.method': 'GET' }) }),
    named({ name: 'dns.lookup', resource: '10.0.0.7', meta: meta({ 'span.kind': 'client' }) }),
    named({ name: 'checkout', resource: 'checkout' }),
    named({ name: 'redis.command', resource: 'set', type: 'redis', meta: meta({ 'redis.raw_command': 'SET k v' }) }),
    named({ name: 'mongodb.query', resource: 'find shop.orders {"a":1}', type: 'mongodb' }),
    named({
      name: 'kafka.produce',
      resource: 'orders',
      type: 'queue',
      meta: meta({ component: 'kafkajs', 'span.kind': 'producer', 'kafka.topic': 'orders' }),
    }),
    named({
      name: 'grpc.server',
      resource: '/shop.Orders/Get',
      type: 'web',
      meta: meta({ 'grpc.method.path': '/shop.Orders/Get', 'span.kind': 'server' }),
    }),
    named({
      name: 'graphql.execute',
      resource: 'query Cart{cart{id}}',
      meta: meta({ 'graphql.operation.type': 'query', 'graphql.operation.name': 'Cart', 'span.kind': 'server' }),
    }),
  ]).toEqual([
    ['GET', 3, undefined],
    ['dns.lookup', 3, '10.0.0.7'],
    ['checkout', 1, undefined],
    ['set', 3, undefined],
    ['find shop.orders', 3, undefined],
    ['send orders', 4, undefined],
    ['shop.Orders/Get', 2, undefined],
    ['query Cart', 2, 'query Cart{cart{id}}'],
  ]);
});

test('links and events in their newer form, and values that are MessagePack themselves', () => {
  const [item] = spansOf(
    pack([
      [
        {
          ...root,
          meta: {},
          span_links: [
            {
              trace_id: 0xffff_ffff_ffff_fffen,
              trace_id_high: 5,
              span_id: 7,
              attributes: { a: 'b' },
              tracestate: 'x=y',
            },
          ],
          span_events: [
            {
              name: 'exception',
              time_unix_nano: startNs,
              attributes: {
                text: { type: 0, string_value: 'x' },
                yes: { type: 1, bool_value: true },
                many: { type: 2, int_value: 2n ** 60n },
                part: { type: 3, double_value: 2 },
                list: { type: 4, array_value: { values: [{ type: 2, int_value: 1 }] } },
              },
            },
          ],
          meta_struct: { '_dd.stack': pack({ frames: [{ line: 3 }] }), odd: Buffer.from([0xc1]) },
        },
      ],
    ]),
  );
  expect(item?.links).toEqual([
    {
      traceId: Buffer.from('0000000000000005fffffffffffffffe', 'hex'),
      spanId: Buffer.from('0000000000000007', 'hex'),
      traceState: 'x=y',
      attributes: [['a', 'b']],
    },
  ]);
  expect(item?.events).toEqual([
    {
      name: 'exception',
      timeNs: startNs,
      attributes: [
        ['text', 'x'],
        ['yes', true],
        ['many', 2n ** 60n],
        ['part', { double: 2 }],
        ['list', [1]],
      ],
    },
  ]);
  const attributes = new Map(item?.attributes);
  expect(attributes.get('datadog.stack')).toEqual(new Map([['frames', [new Map([['line', 3]])]]]));
  expect(attributes.get('datadog.odd')).toEqual(Buffer.from([0xc1]));
});

test('links that a tracer cut short are kept as they came', () => {
  const item = otlpSpan(span({ meta: new Map([['_dd.span_links', '[{"trace_id":"6b0...']]) }), {
    traceIdHigh: 0n,
    service: '',
  });
  expect(item.links).toEqual([]);
  expect(new Map(item.attributes).get('datadog.span_links')).toBe('[{"trace_id":"6b0...');
});

test('a span that is none is rejected with its reason, and the others are kept', () => {
  const body = pack([[root, { ...query, start: 'soon' }, { ...query, span_id: 0 }, 'no span', query], null, []]);
  const { parts, chunks, services } = datadogTraces(body, '0.4', unknownTracer);
  expect(parts.map(({ signal, rejected, rejectedReason }) => [signal, rejected, rejectedReason])).toEqual([
    ['traces', 3, 'start of a span is string, not integer'],
  ]);
  expect([chunks, services]).toEqual([
    3,
    [
      { service: 'Shop', environment: 'prod' },
      { service: 'Shop-postgres', environment: 'prod' },
    ],
  ]);
});

test('an empty body is a tracer that asks whether anybody is there', () => {
  const empty = {
    parts: [{ signal: 'traces', body: Buffer.alloc(0), rejected: 0, rejectedReason: '' }],
    chunks: 0,
    services: [],
  };
  expect(datadogTraces(Buffer.alloc(0), '0.4', unknownTracer)).toEqual(empty);
  expect(datadogTraces(pack([]), '0.4', unknownTracer)).toEqual(empty);
  expect(datadogTraces(pack([[], []]), '0.5', unknownTracer)).toEqual(empty);
});

test('a table that a few bytes would make gigabytes of is refused', () => {
  const long = 'x'.repeat(1 << 20);
  const many = Array.from({ length: 100 }, () => pack([1, 1, 1, 5, 6, 0, 1, 1, 0, {}, {}, 1]));
  const body = Buffer.concat([packArrayHead(2), pack(['', long]), packArrayHead(1), packArrayHead(100), ...many]);
  expect(() => datadogTraces(body, '0.5', unknownTracer)).toThrow(
    new BadInput('the strings of the table are used too often; send fewer spans at a time'),
  );
  expect(() => datadogTraces(pack([[''], [[[9, 0, 0, 1, 1, 0, 1, 1, 0, {}, {}, 0]]]]), '0.5', unknownTracer)).toThrow(
    'string 9 is not in the table, which has 1',
  );
});

test('whatever bytes come, they are read or refused', () => {
  expect(() =>
    swallowAnything(body => datadogTraces(body, '0.4', unknownTracer).parts, pack([[root, query]])),
  ).not.toThrow();
  expect(() =>
    swallowAnything(body => datadogTraces(body, '0.5', unknownTracer).parts, packTable([[root, query]])),
  ).not.toThrow();
});
