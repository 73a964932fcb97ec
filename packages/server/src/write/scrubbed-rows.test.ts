import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { enrichment } from '../enrich/enrichment.js';
import { safeScrubOptions, type ScrubOptions } from '../enrich/scrub/scrub-options.js';
import { BlockBuilder } from './block-builder.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
const nowNs = `${receivedMs}000000`;
let workspaces = 0;

const tables = ['spans', 'logs', 'resources', 'metric_series', 'exemplars', 'red_minutes'];

const string = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } });
const int = (key: string, intValue: string): unknown => ({ key, value: { intValue } });

/** All that is stored of a text planted in every place that may hold one, row by row. */
async function storedOf(
  text: string,
  options: Partial<ScrubOptions> = {},
): Promise<Readonly<Record<string, readonly Record<string, unknown>[]>>> {
  const values = { values: [{ stringValue: text }, { kvlistValue: { values: [string('inner', text)] } }] };
  const attributes = [
    ...['a', 'tenant.id', 'error.type', 'service.peer.name', 'event.name', 'exception.message'].map(key =>
      string(key, text),
    ),
    { key: 'list', value: { arrayValue: values } },
    {
      key: 'map',
      value: { kvlistValue: { values: [string('b', text), { key: 'list', value: { arrayValue: values } }] } },
    },
    string('json', JSON.stringify({ deep: [{ text }] })),
  ];
  const resource = { attributes: ['service.name', 'service.version', 'x'].map(key => string(key, text)) };
  const scope = { name: 'scope', attributes };
  const ids = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' };
  const span = {
    ...ids,
    name: text,
    kind: 3,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
    attributes,
    events: [{ timeUnixNano: nowNs, name: text, attributes }],
    links: [{ ...ids, attributes }],
    status: { message: text, code: 2 },
  };
  const log = { ...ids, timeUnixNano: nowNs, severityText: text, eventName: text, attributes };
  const logs = [
    { ...log, body: { stringValue: text } },
    { ...log, body: { stringValue: JSON.stringify({ level: 'info', msg: text, list: [text] }) } },
    { ...log, body: { arrayValue: values } },
  ];
  const exemplars = [{ ...ids, timeUnixNano: nowNs, asDouble: 1, filteredAttributes: attributes }];
  const metrics = [{ name: 'm', gauge: { dataPoints: [{ timeUnixNano: nowNs, asDouble: 1, attributes, exemplars }] } }];
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder(
    enrichment({ scrub: { ...safeScrubOptions, ...options }, routes: [] }, Buffer.from('a key')),
  );
  const requests = {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] },
    logs: { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: logs }] }] },
    metrics: { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] },
  };
  for (const signal of ['traces', 'logs', 'metrics'] as const) {
    const body = Buffer.from(JSON.stringify(requests[signal]));
    builder.add(decode(signal, 'json', body), { workspace, recordSeq: 1, receivedMs });
  }
  await store.load(builder.cut());
  const found: Record<string, readonly Record<string, unknown>[]> = {};
  for (const table of tables)
    found[table] = await store.rows(`SELECT * FROM ${table} WHERE workspace = '${workspace}'`);
  return found;
}

test.each([
  ['a Stripe key', 'charge with sk_live_4eC39HqLyjWDarjtT1zdp7dc failed', /4eC39/],
  ['a token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N', /eyJ/],
  ['a card', 'paid with 4111 1111 1111 1111 today', /4111/],
  ['an address', 'mail to ann.meyer@example.com bounced', /ann\.meyer/],
  ['a password', 'connect with password=hunter2 failed', /hunter2/],
  ['credentials', 'postgres://app:hunter2@db/shop is down', /hunter2/],
])('[J8] [Q2] %s is stored nowhere, wherever it was sent', async (_, text, secret) => {
  const found = await storedOf(text);
  for (const table of tables) {
    expect([table, (found[table] ?? []).length > 0]).toEqual([table, true]);
    expect(JSON.stringify(found[table])).not.toMatch(secret);
  }
});

test('[Q2] what is innocent is stored everywhere as it came', async () => {
  const text = 'order 8d3f0a52-6c1b-4d7e-9f2a-1b3c5d7e9f01 of 1732180000123456789';
  const { spans = [], logs = [] } = await storedOf(text);
  expect(spans).toMatchObject([{ name: text, status_message: text, tenant_id: text, error_type: text }]);
  expect(logs.map(row => row['body'])).toContain(text);
  expect(JSON.stringify(logs)).not.toContain('[redacted]');
});

test('[Q1] [Q2] a hashed tenant is hashed wherever it is a column, and a dropped attribute is gone with its type', async () => {
  const found = await storedOf('acme', { hash: ['tenant.id'], rules: [{ field: 'a', action: 'drop' }] });
  const [span = {}] = found['spans'] ?? [];
  const hash = String(span['tenant_id']);
  expect(hash).toMatch(/^h:[\da-f]{16}$/);
  expect(span['attrs']).toMatchObject({ 'tenant.id': hash });
  expect(span['attrs']).not.toHaveProperty('a');
  expect(String(span['attr_types'])).toHaveLength(Object.keys(Object(span['attrs'])).length);
  expect(found['red_minutes']).toMatchObject([{ tenant_id: hash }]);
});

test('[W15] numbers that are cards go, other long numbers stay numbers', async () => {
  const builder = new BlockBuilder();
  const workspace = `w${++workspaces}`;
  const log = {
    timeUnixNano: nowNs,
    attributes: [
      int('card', '4111111111111111'),
      int('at', '1732180000123456789'),
      int('n', '7'),
      int('password', '123456'),
    ],
  };
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }));
  builder.add(decode('logs', 'json', body), { workspace, recordSeq: 1, receivedMs });
  await store.load(builder.cut());
  expect(await store.rows(`SELECT attrs, attr_types FROM logs WHERE workspace = '${workspace}'`)).toEqual([
    { attrs: { card: '[card]', at: '1732180000123456789', n: '7', password: '[redacted]' }, attr_types: 'siis' },
  ]);
});

test('[Q2] a secret that a long body is cut in is not stored in part', async () => {
  const builder = new BlockBuilder();
  const workspace = `w${++workspaces}`;
  const text = `${'x '.repeat(131_060)}token sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'.repeat(20)} end`;
  const log = { timeUnixNano: nowNs, body: { stringValue: text } };
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }));
  builder.add(decode('logs', 'json', body), { workspace, recordSeq: 1, receivedMs });
  await store.load(builder.cut());
  const [row] = await store.rows<{ end: string }>(
    `SELECT substring(body, -60) AS end FROM logs WHERE workspace = '${workspace}'`,
  );
  expect(row?.end).toMatch(/token \[redacted\] end$|\[cut, was \d+ bytes\]$/);
  expect(row?.end).not.toContain('4eC39');
});
