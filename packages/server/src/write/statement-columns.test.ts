import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from './block-builder.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

let workspaces = 0;

async function stored(name: string, attributes: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const receivedMs = Date.now();
  const span = {
    traceId: '0123456789abcdef0123456789abcdef',
    spanId: '0123456789abcdef',
    name,
    kind: 3,
    startTimeUnixNano: `${receivedMs}000000`,
    endTimeUnixNano: `${receivedMs}000000`,
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder();
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span, span] }] }] }));
  builder.add(decode('traces', 'json', body), { workspace, recordSeq: 1, receivedMs });
  await store.load(builder.cut());
  const rows = await store.rows<Record<string, unknown>>(
    `SELECT name, attrs, attr_types, (SELECT any(operation) FROM red_minutes WHERE workspace = '${workspace}') AS operation
     FROM spans WHERE workspace = '${workspace}'`,
  );
  expect(rows[0]).toEqual(rows[1]);
  return rows[0] ?? {};
}

test('[D1] [D3] [D4] the values of a statement are not stored; its operation, table and summary are told, also under the old name', async () => {
  for (const [key, system] of [
    ['db.query.text', 'db.system.name'],
    ['db.statement', 'db.system'],
  ] as const) {
    const row = await stored('pg.query', {
      [key]: "SELECT * FROM users WHERE mail = 's3same'",
      [system]: 'postgresql',
    });
    expect(row).toMatchObject({
      name: 'pg.query',
      attrs: {
        [system]: 'postgresql',
        [key]: 'SELECT * FROM users WHERE mail = ?',
        'db.operation.name': 'SELECT',
        'db.collection.name': 'users',
        'db.query.summary': 'SELECT users',
      },
      attr_types: 'sssss',
    });
    expect(JSON.stringify(row)).not.toContain('s3same');
  }
});

test('[D4] what the sender says of the statement stays; values bound to it do not', async () => {
  const row = await stored('q', {
    'db.query.text': 'SELECT 1 FROM a',
    'db.query.summary': 'mine',
    'db.query.parameter.0': 's3same',
  });
  expect(row['attrs']).toEqual({
    'db.query.text': 'SELECT ? FROM a',
    'db.query.summary': 'mine',
    'db.query.parameter.0': '?',
    'db.operation.name': 'SELECT',
    'db.collection.name': 'a',
  });
});

test.each([
  ["SELECT * FROM users WHERE mail = 's3same'", {}, 'SELECT users'],
  ['SET user:1 s3same', { 'db.system.name': 'redis', 'db.query.text': 'SET user:1 s3same' }, 'SET user:*'],
  ['SELECT shop.orders', { 'db.system.name': 'postgresql' }, 'SELECT shop.orders'],
])('[D4] a span that is named %j is stored, and counted, as something short', async (name, attributes, expected) => {
  const row = await stored(name, attributes);
  expect([row['name'], row['operation']]).toEqual([expected, expected]);
  expect(JSON.stringify(row)).not.toContain('s3same');
});
