import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from './block-builder.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const receivedMs = Date.now();
const nowNs = `${receivedMs}000000`;
const ids = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' };
const attributes = (from: Readonly<Record<string, string>>): readonly unknown[] =>
  Object.entries(from).map(([key, stringValue]) => ({ key, value: { stringValue } }));

const exception = attributes({
  'exception.type': 'TypeError',
  'exception.message': 'order 8812 of ann@example.com has no card',
  'exception.stacktrace': `TypeError: order 8812 of ann@example.com has no card
    at pay (/srv/app/dist/pay.js:12:7)
    at next (/srv/app/node_modules/express/lib/router.js:3:1)`,
});

let workspaces = 0;

async function fingerprints(table: 'spans' | 'logs', items: readonly object[]): Promise<readonly string[]> {
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder();
  const timed = items.map((item, i) => ({
    ...ids,
    timeUnixNano: `${receivedMs}00000${i}`,
    startTimeUnixNano: `${receivedMs}00000${i}`,
    endTimeUnixNano: nowNs,
    name: 'work',
    ...item,
  }));
  const request =
    table === 'spans'
      ? { resourceSpans: [{ scopeSpans: [{ spans: timed }] }] }
      : { resourceLogs: [{ scopeLogs: [{ logRecords: timed }] }] };
  const signal = table === 'spans' ? 'traces' : 'logs';
  builder.add(decode(signal, 'json', Buffer.from(JSON.stringify(request))), { workspace, recordSeq: 1, receivedMs });
  await store.load(builder.cut());
  const rows = await store.rows<{ fingerprint: string }>(
    `SELECT toString(error_fingerprint) AS fingerprint FROM ${table} WHERE workspace = '${workspace}' ORDER BY ts`,
  );
  return rows.map(({ fingerprint }) => fingerprint);
}

test('the same error has one fingerprint, recorded on a span, in the attributes of a span, or logged', async () => {
  const [event, own] = await fingerprints('spans', [
    { events: [{ timeUnixNano: nowNs, name: 'exception', attributes: exception }] },
    { status: { code: 2 }, attributes: exception },
  ]);
  const [log] = await fingerprints('logs', [{ attributes: exception, body: { stringValue: 'payment failed' } }]);
  expect(event).not.toBe('0');
  expect([own, log]).toEqual([event, event]);
});

test('a span that failed without an exception has one of its message; a status code alone and success have none', async () => {
  const [first, second, code, ok] = await fingerprints('spans', [
    { status: { code: 2, message: 'connect ECONNREFUSED 10.0.0.7:5432' } },
    { status: { code: 2, message: 'connect ECONNREFUSED 10.0.0.8:5432' } },
    { status: { code: 2 }, attributes: attributes({ 'error.type': '500' }) },
    { status: { code: 1, message: 'fine' } },
  ]);
  expect(first).not.toBe('0');
  expect([second, code, ok]).toEqual([first, '0', '0']);
});

test('a log line as severe as an error has one of its text, a milder one has none', async () => {
  const [first, second, warning] = await fingerprints('logs', [
    { severityNumber: 17, body: { stringValue: 'order 8812 is lost' } },
    { severityText: 'error', body: { stringValue: 'order 8813 is lost' } },
    { severityNumber: 13, body: { stringValue: 'order 8813 is lost' } },
  ]);
  expect(first).not.toBe('0');
  expect([second, warning]).toEqual([first, '0']);
});

const event = (more: Readonly<Record<string, string>>): readonly unknown[] =>
  attributes({ 'sentry.event_id': 'e'.repeat(32), ...more });

test('an event of Sentry has one whatever its level, messages of the same template the same, and what the application chose stands above', async () => {
  const info = { severityNumber: 9, body: { stringValue: 'ann has logged in' } };
  const [first, second, other] = await fingerprints('logs', [
    { ...info, attributes: event({ 'sentry.message.template': '%s has logged in' }) },
    {
      ...info,
      body: { stringValue: 'bob has logged in' },
      attributes: event({ 'sentry.message.template': '%s has logged in' }),
    },
    { ...info, attributes: event({}) },
  ]);
  expect(first).not.toBe('0');
  expect(second).toBe(first);
  expect(other).not.toBe(first);

  const chosen = (texts: string): object => ({ attributes: [...event({ 'sentry.fingerprint': texts }), ...exception] });
  const [plain, one, two, refined, same, byDefault] = await fingerprints('logs', [
    { attributes: exception },
    chosen('["checkout"]'),
    { ...info, attributes: event({ 'sentry.fingerprint': '["checkout"]' }) },
    chosen('["{{ default }}","acme"]'),
    chosen('["{{default}}","acme"]'),
    chosen('["{{ default }}"]'),
  ]);
  expect([two, one === plain, refined === one, refined === plain]).toEqual([one, false, false, false]);
  expect([same, byDefault]).toEqual([refined, plain]);
});
