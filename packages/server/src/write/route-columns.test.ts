import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { enrichment } from '../enrich/enrichment.js';
import { safeScrubOptions } from '../enrich/scrub/scrub-options.js';
import { BlockBuilder } from './block-builder.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

let workspaces = 0;

interface Given {
  readonly name: string;
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What is stored of some spans: name, route, and the operations of the minutes. */
async function stored(
  spans: readonly Given[],
  routes: readonly string[] = [],
): Promise<{ readonly rows: readonly (readonly [string, string])[]; readonly operations: readonly string[] }> {
  const receivedMs = Date.now();
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder(enrichment({ scrub: safeScrubOptions, routes }));
  const body = Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: spans.map(({ name, kind = 2, attributes = {} }, i) => ({
                traceId: '0123456789abcdef0123456789abcdef',
                spanId: (i + 1).toString(16).padStart(16, '0'),
                name,
                kind,
                startTimeUnixNano: `${receivedMs}000000`,
                endTimeUnixNano: `${receivedMs}000000`,
                attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
              })),
            },
          ],
        },
      ],
    }),
  );
  builder.add(decode('traces', 'json', body), { workspace, recordSeq: 1, receivedMs });
  await store.load(builder.cut());
  const rows = await store.rows<{ name: string; route: string }>(
    `SELECT name, attrs['http.route'] AS route FROM spans WHERE workspace = '${workspace}' ORDER BY span_id`,
  );
  const operations = await store.rows<{ operation: string }>(
    `SELECT DISTINCT operation FROM red_minutes WHERE workspace = '${workspace}' ORDER BY operation`,
  );
  return {
    rows: rows.map(({ name, route }) => [name, route]),
    operations: operations.map(({ operation }) => operation),
  };
}

test('a server span that came with a path only gets a route and a name that is the same for all of them, and is counted under it', async () => {
  const found = await stored([
    { name: 'GET /orders/8812' },
    { name: 'GET', attributes: { 'url.path': '/orders/8813' } },
    { name: 'HTTP GET', attributes: { 'http.target': '/orders/8814?full=1' } },
    { name: 'handleOrder', attributes: { 'url.path': '/orders/8815', 'http.request.method': 'GET' } },
  ]);
  expect(found.rows).toEqual([
    ['GET /orders/:id', '/orders/:id'],
    ['GET /orders/:id', '/orders/:id'],
    ['GET /orders/:id', '/orders/:id'],
    ['handleOrder', '/orders/:id'],
  ]);
  expect(found.operations).toEqual(['GET /orders/:id', 'handleOrder']);
});

test('a route that the sender gave stays; a raw path beside it in the name goes', async () => {
  const { rows } = await stored([
    { name: 'GET /orders/{order}', attributes: { 'http.route': '/orders/{order}', 'url.path': '/orders/1' } },
    { name: 'GET /orders/8812', attributes: { 'http.route': '/orders/:order' } },
    { name: '/shop.Orders/Get' },
    { name: 'orders process', kind: 5 },
  ]);
  expect(rows).toEqual([
    ['GET /orders/{order}', '/orders/{order}'],
    ['GET /orders/:order', '/orders/:order'],
    ['/shop.Orders/Get', ''],
    ['orders process', ''],
  ]);
});

test('a client span that is named after its URL is named after its kind of URL', async () => {
  const { rows, operations } = await stored([
    { name: 'GET https://api.example/orders/8812?token=s3same', kind: 3 },
    { name: 'GET https://api.example/orders/8813', kind: 3 },
  ]);
  expect(rows.map(([name]) => name)).toEqual([
    'GET https://api.example/orders/:id',
    'GET https://api.example/orders/:id',
  ]);
  expect(operations).toEqual(['GET https://api.example/orders/:id']);
});

test('configured routes come first; one service can not make names without end', async () => {
  const spans = Array.from({ length: 300 }, (_, i) => ({
    name: `GET /tags/${[...String(i)].map(digit => 'abcdefghij'[Number(digit)]).join('x')}`,
  }));
  const { rows, operations } = await stored([{ name: 'GET /shops/acme' }, ...spans], ['/shops/:slug']);
  expect(rows[0]).toEqual(['GET /shops/:slug', '/shops/:slug']);
  expect(operations).toHaveLength(62);
  expect(operations).toContain('GET /tags/*');
});

test('[W15] the same requests give the same rows after a restart: statements, routes, secrets, errors and hashes', () => {
  const receivedMs = Date.now();
  const options = { scrub: { ...safeScrubOptions, hash: ['user.id'] }, routes: ['/shops/:slug'] };
  const attributes = Object.entries({
    'db.query.text': "SELECT 1 FROM t WHERE a = 'x'",
    'user.id': 'ann',
    'exception.stacktrace': 'at pay (/srv/app/pay.js:1:2)',
    note: 'card 4111 1111 1111 1111',
  }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const spans = Array.from({ length: 200 }, (_, i) => ({
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: i % 2 === 0 ? `GET /orders/${i}` : `GET /shops/shop-${i}`,
    kind: 2,
    startTimeUnixNano: `${receivedMs}000000`,
    endTimeUnixNano: `${receivedMs}000000`,
    status: { code: 2, message: `order ${i} of ann@example.com failed` },
    attributes,
  }));
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const build = (): string => {
    const builder = new BlockBuilder(enrichment(options, Buffer.from('a key')));
    for (let recordSeq = 1; recordSeq < 4; recordSeq++)
      builder.add(decode('traces', 'json', body), { workspace: 'w', recordSeq, receivedMs });
    return builder
      .cut()
      .map(({ table, chunks }) => `${table} ${Buffer.concat(chunks).toString('hex')}`)
      .join('\n');
  };
  expect(build()).toBe(build());
});
