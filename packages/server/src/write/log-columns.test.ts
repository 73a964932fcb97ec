import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from './block-builder.js';
import type { Log } from './otlp-model.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
const nowNs = `${receivedMs}000000`;
let workspaces = 0;

async function stored(logRecords: readonly Log[], recordSeq = 1): Promise<readonly Record<string, unknown>[]> {
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder();
  const body = Buffer.from(JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }));
  builder.add(decode('logs', 'json', body), { workspace, recordSeq, receivedMs });
  await store.load(builder.cut());
  return store.rows(
    `SELECT *, toString(toUnixTimestamp64Nano(ts)) AS ns, toString(id) AS number FROM logs WHERE workspace = '${workspace}' ORDER BY logs.id`,
  );
}

test('a log is numbered by its record and its place in it, also far beyond 2^32', async () => {
  const rows = await stored([{ timeUnixNano: nowNs }, { timeUnixNano: nowNs }, { timeUnixNano: nowNs }], 5_000_000_007);
  expect(rows.map(row => row['number'])).toEqual([0n, 1n, 2n].map(i => String(5_000_000_007n * 2n ** 20n + i)));
});

test('a log happened when it says, else when it was observed, else when it was received', async () => {
  const rows = await stored([
    { timeUnixNano: '1700000000000000001', observedTimeUnixNano: '1700000000000000002' },
    { timeUnixNano: '0', observedTimeUnixNano: '1700000000000000002' },
    {},
  ]);
  expect(rows.map(row => row['ns'])).toEqual(['1700000000000000001', '1700000000000000002', nowNs]);
});

test('a level that came only as text gets its number', async () => {
  const texts = ['WARN', 'warning', 'Error', 'info', 'FATAL', 'strange', ''];
  const rows = await stored(texts.map(severityText => ({ severityText })));
  expect(rows.map(row => row['severity_number'])).toEqual([13, 13, 17, 9, 21, 0, 0]);
  expect(await stored([{ severityText: 'ERROR', severityNumber: 18 }])).toMatchObject([{ severity_number: 18 }]);
});

test('a body is its text, or JSON with its secrets scrubbed; an absent one is empty', async () => {
  const password = { key: 'password', value: { stringValue: 'hunter2' } };
  const rows = await stored([
    { body: { stringValue: 'two\nlines' } },
    { body: { intValue: '9007199254740993' } },
    { body: { kvlistValue: { values: [password, { key: 'n', value: { intValue: '1' } }] } } },
    {},
  ]);
  expect(rows.map(row => row['body'])).toEqual([
    'two\nlines',
    '9007199254740993',
    '{"password":"[redacted]","n":1}',
    '',
  ]);
});

test('a body over 256 KiB is cut and says how long it was', async () => {
  const [row] = await stored([{ body: { stringValue: 'x'.repeat(300_000) } }]);
  expect(row?.['body']).toBe(`${'x'.repeat(262_144)}…[cut, was 300000 bytes]`);
});

test('the name of an event is its field, or the attribute that stood for it before', async () => {
  const attributes = [{ key: 'event.name', value: { stringValue: 'old' } }];
  const rows = await stored([{ eventName: 'new', attributes }, { attributes }, {}]);
  expect(rows.map(row => row['event_name'])).toEqual(['new', 'old', '']);
});
