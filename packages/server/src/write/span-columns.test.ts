import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { bytes, fixed64 } from '../decode/protobuf.test-support.js';
import { BlockBuilder } from './block-builder.js';
import type { KeyValue, Span, Value } from './otlp-model.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
const nowNs = `${receivedMs}000000`;
let workspaces = 0;

const string = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });
const int = (key: string, value: number): KeyValue => ({ key, value: { intValue: String(value) } });

const wrap = (value: Value): Value => ({ arrayValue: { values: [value] } });

function span(attributes: readonly KeyValue[], rest: Partial<Span> = {}): Span {
  return {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name: 'work',
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
    attributes,
    ...rest,
  };
}

/** What the table holds of some spans, in their order. */
async function stored(
  spans: readonly Span[],
  resource: readonly KeyValue[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const body = Buffer.from(
    JSON.stringify({ resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] }),
  );
  return storedBytes('json', body);
}

async function storedBytes(
  encoding: 'json' | 'protobuf',
  body: Uint8Array,
): Promise<readonly Record<string, unknown>[]> {
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder();
  builder.add(decode('traces', encoding, body), { workspace, recordSeq: 1, receivedMs });
  await store.load(builder.cut());
  return store.rows(
    `SELECT *, toString(toUnixTimestamp64Nano(ts)) AS ns FROM spans WHERE workspace = '${workspace}' ORDER BY name`,
  );
}

test('service, version, environment and tenant come from the resource; the span says its own tenant', async () => {
  const resource = [
    string('service.name', 'checkout'),
    string('service.version', '1.2.3'),
    string('deployment.environment', 'staging'),
    string('tenant.id', 'acme'),
  ];
  const rows = await stored([span([], { name: 'a' }), span([string('tenant.id', 'globex')], { name: 'b' })], resource);
  expect(rows).toMatchObject([
    { service: 'checkout', version: '1.2.3', environment: 'staging', tenant_id: 'acme' },
    { service: 'checkout', tenant_id: 'globex' },
  ]);
  expect(await stored([span([])])).toMatchObject([
    { service: 'unknown_service', version: '', environment: '', tenant_id: '' },
  ]);
});

test('the newer name of the environment wins', async () => {
  const resource = [string('deployment.environment.name', 'production'), string('deployment.environment', 'old')];
  expect(await stored([span([])], resource)).toMatchObject([{ environment: 'production' }]);
});

test('the error type is the attribute, else the type of the recorded exception', async () => {
  const exception = { timeUnixNano: nowNs, name: 'exception', attributes: [string('exception.type', 'TypeError')] };
  const rows = await stored([
    span([string('error.type', '500')], { name: 'a', events: [exception] }),
    span([], { name: 'b', events: [exception] }),
    span([], { name: 'c' }),
  ]);
  expect(rows.map(row => row['error_type'])).toEqual(['500', 'TypeError', '']);
});

test('the HTTP status stands in a column of its own, under its new name or its old', async () => {
  const rows = await stored([
    span([int('http.response.status_code', 502), int('http.status_code', 200)], { name: 'a' }),
    span([string('http.status_code', '404')], { name: 'b' }),
    span([], { name: 'c' }),
  ]);
  expect(rows.map(row => row['http_status'])).toEqual(['502', '404', '']);
});

test.each<readonly [string, readonly KeyValue[], string]>([
  [
    'a database, new names',
    [string('db.system.name', 'postgresql'), string('db.namespace', 'orders')],
    'postgresql orders',
  ],
  ['a database, old names', [string('db.system', 'mysql'), string('db.name', 'shop')], 'mysql shop'],
  ['a database without a name', [string('db.system.name', 'redis'), string('server.address', 'cache')], 'redis'],
  ['Redis by number', [string('db.system.name', 'redis'), string('db.namespace', '0')], 'redis'],
  [
    'a queue',
    [string('messaging.system', 'kafka'), string('messaging.destination.name', 'invoices')],
    'kafka invoices',
  ],
  ['a named peer', [string('peer.service', 'payments'), string('server.address', '10.0.0.7')], 'payments'],
  ['an address and a port', [string('server.address', 'payments'), int('server.port', 8080)], 'payments:8080'],
  ['an old address and port', [string('net.peer.name', 'stock'), int('net.peer.port', 80)], 'stock:80'],
  ['nothing', [string('http.route', '/')], ''],
])('the peer of a client span that names %s', async (_, attributes, peer) => {
  await stored([span(attributes, { kind: 3 })]);
  const rows = await store.rows(`SELECT peer FROM red_minutes WHERE workspace = 'w${workspaces}'`);
  expect(rows).toEqual([{ peer }]);
});

test('[W15] secrets are replaced before they reach the store, also inside maps, events and links', async () => {
  const nested: Value = { kvlistValue: { values: [string('password', 'hunter2'), string('user', 'ann')] } };
  const attributes = [
    string('http.request.header.authorization', 'Bearer s3same'),
    int('password', 987654321),
    { key: 'has.password', value: { boolValue: true } },
    string('url.full', 'https://x.example/?token=s3same&a=1'),
    string('url.query', 'sig=s3same&a=1'),
    { key: 'form', value: nested },
  ];
  const event = { timeUnixNano: nowNs, name: 'e', attributes };
  const link = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef', attributes };
  const [row] = await stored([span(attributes, { events: [event], links: [link] })], [string('api_key', 's3same')]);
  expect(row).toMatchObject({
    attrs: {
      'http.request.header.authorization': '[redacted]',
      password: '[redacted]',
      'has.password': 'true',
      'url.full': 'https://x.example/?token=REDACTED&a=1',
      'url.query': 'sig=REDACTED&a=1',
      form: '{"password":"[redacted]","user":"ann"}',
    },
    attr_types: 'ssbssm',
  });
  const everything = JSON.stringify([
    row,
    await store.rows(`SELECT * FROM resources WHERE workspace = 'w${workspaces}'`),
  ]);
  expect(everything).not.toMatch(/s3same|hunter2|987654321/);
});

test('a span with 10,000 attributes keeps the first 1,000 and says how many are gone', async () => {
  const attributes = Array.from({ length: 10_000 }, (_, i) => string(`key ${i}`, `${i}`));
  const [row] = await stored([span(attributes, { droppedAttributesCount: 5 })]);
  const attrs = new Map(Object.entries(row?.['attrs'] ?? {}));
  expect(attrs.size).toBe(1001);
  expect([attrs.get('key 999'), attrs.get('key 1000'), attrs.get('bellwether.dropped_attributes')]).toEqual([
    '999',
    undefined,
    '9005',
  ]);
});

test('a value over 64 KiB is cut at a whole character and says how long it was', async () => {
  const [row] = await stored([span([string('big', `${'x'.repeat(65_535)}éé`)])]);
  expect(row?.['attrs']).toEqual({ big: `${'x'.repeat(65_535)}…[cut, was 65539 bytes]` });
});

test('a list of 300,000 numbers is cut, in time', async () => {
  const values = Array.from({ length: 300_000 }, (_, i) => ({ intValue: String(i) }));
  const deep = Array.from({ length: 9 }).reduce<Value>(wrap, { arrayValue: { values } });
  const [row] = await stored([span([{ key: 'list', value: deep }])]);
  const attrs = new Map<string, string>(Object.entries(row?.['attrs'] ?? {}));
  expect(attrs.get('list')).toMatch(/^\[{10}0,1,2,.*…\[cut, was \d+ bytes\]$/);
  expect(Buffer.byteLength(attrs.get('list') ?? '')).toBeLessThan(65_600);
});

test('of two attributes with one key the last stays, at its own place', async () => {
  const [row] = await stored([span([string('a', '1'), string('b', '2'), int('a', 3)])]);
  expect(row).toMatchObject({ attr_types: 'si' });
  expect(Object.entries(row?.['attrs'] ?? {})).toEqual([
    ['b', '2'],
    ['a', '3'],
  ]);
});

test('spans without ids are rejected and counted, the others are kept', async () => {
  const zero = '0'.repeat(32);
  const body = Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [{ spans: [span([]), span([string('a', 'b')], { traceId: zero }), span([], { spanId: 'xyz' })] }],
        },
      ],
    }),
  );
  expect(decode('traces', 'json', body)).toMatchObject({
    items: 1,
    rejected: 2,
    rejectedReason: 'a span needs a trace id of 16 bytes and a span id of 8 bytes, not all zero',
  });
  expect(await storedBytes('json', body)).toHaveLength(1);
});

test('bytes that are not UTF-8 become U+FFFD, the batch is kept', async () => {
  const broken = Buffer.from([0x61, 0xff, 0xfe, 0x62]);
  const body = bytes(
    1,
    bytes(
      2,
      bytes(
        2,
        bytes(1, Buffer.alloc(16, 1)),
        bytes(2, Buffer.alloc(8, 1)),
        bytes(5, broken),
        fixed64(7, BigInt(nowNs)),
        bytes(9, bytes(1, broken), bytes(2, bytes(1, broken))),
        bytes(15, bytes(2, Buffer.concat([broken, Buffer.alloc(200, 0x63)]))),
      ),
    ),
  );
  expect(await storedBytes('protobuf', body)).toMatchObject([
    {
      name: 'a\ufffd\ufffdb',
      attrs: { 'a\ufffd\ufffdb': 'a\ufffd\ufffdb' },
      status_message: `a\ufffd\ufffdb${'c'.repeat(200)}`,
    },
  ]);
});

test('times that make no sense do not lose a span: no start, no times at all, an end before the start, beyond 2262', async () => {
  const rows = await stored([
    span([], { name: 'a', startTimeUnixNano: '0' }),
    span([], { name: 'b', startTimeUnixNano: '0', endTimeUnixNano: '0' }),
    span([], { name: 'c', endTimeUnixNano: '5' }),
    span([], { name: 'd', startTimeUnixNano: String(2n ** 64n - 1n) }),
  ]);
  expect(rows.map(row => [row['name'], row['ns'], String(row['duration_ns'])])).toEqual([
    ['a', nowNs, '0'],
    ['b', nowNs, '0'],
    ['c', nowNs, '0'],
    ['d', String(2n ** 63n - 1n), '0'],
  ]);
});

test('a nanosecond time that came as a JSON number keeps all its digits', async () => {
  const json = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span([int('n', 7)])] }] }] });
  const exact = `${receivedMs}000123`;
  const rows = await storedBytes(
    'json',
    Buffer.from(json.replace(`"startTimeUnixNano":"${nowNs}"`, `"startTimeUnixNano":${exact}`)),
  );
  expect(rows).toMatchObject([{ ns: exact }]);
});

test('the same requests in the same order give the same bytes, also after another process read them before', () => {
  const body = Buffer.from(
    JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [span([string('a', 'b'), int('n', 1)], { kind: 2 })] }] }],
    }),
  );
  const build = (before: number): string => {
    const builder = new BlockBuilder();
    for (let i = 0; i < before; i++)
      builder.add(decode('traces', 'json', body), { workspace: `x${i}`, recordSeq: i, receivedMs });
    builder.cut();
    for (let i = 0; i < 3; i++)
      builder.add(decode('traces', 'json', body), { workspace: 'w', recordSeq: i, receivedMs });
    const blocks = builder.cut().filter(({ table }) => table !== 'resources');
    return blocks
      .map(({ table, rows, chunks }) => `${table} ${rows} ${Buffer.concat(chunks).toString('hex')}`)
      .join('\n');
  };
  expect(build(5)).toBe(build(0));
});
