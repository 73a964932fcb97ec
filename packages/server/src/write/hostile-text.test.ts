import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from './block-builder.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const hostile = '\n\nDROP TABLE spans;\n\n';
const json = (request: unknown): Uint8Array => Buffer.from(JSON.stringify(request));

const tables = [
  'spans',
  'logs',
  'resources',
  'metric_series',
  'metric_samples',
  'metric_histograms',
  'exemplars',
  'red_minutes',
];

test('text that looks like SQL after a blank line, in every place a sender can write to, is stored as text and drops nothing', async () => {
  const receivedMs = Date.now();
  const nowNs = `${receivedMs}000000`;
  const attributes = [
    { key: hostile, value: { stringValue: hostile } },
    { key: 'tenant.id', value: { stringValue: hostile } },
    { key: 'error.type', value: { stringValue: hostile } },
    { key: 'peer.service', value: { stringValue: hostile } },
    { key: 'nested', value: { kvlistValue: { values: [{ key: hostile, value: { stringValue: hostile } }] } } },
  ];
  const resource = {
    attributes: ['service.name', 'service.version', 'deployment.environment.name', hostile].map(key => ({
      key,
      value: { stringValue: hostile },
    })),
  };
  const scope = { name: hostile, version: hostile, attributes };
  const ids = { traceId: '0123456789abcdef0123456789abcdef', spanId: '0123456789abcdef' };
  const span = {
    ...ids,
    traceState: hostile,
    name: hostile,
    kind: 3,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
    attributes,
    events: [{ timeUnixNano: nowNs, name: hostile, attributes }],
    links: [{ ...ids, traceState: hostile, attributes }],
    status: { message: hostile, code: 2 },
  };
  const log = {
    ...ids,
    timeUnixNano: nowNs,
    severityText: hostile,
    body: { stringValue: hostile },
    eventName: hostile,
    attributes,
  };
  const exemplars = [{ ...ids, timeUnixNano: nowNs, asDouble: 1, filteredAttributes: attributes }];
  const point = { timeUnixNano: nowNs, attributes, exemplars };
  const names = { name: hostile, unit: hostile, description: hostile };
  const metrics = [
    { ...names, gauge: { dataPoints: [{ ...point, asDouble: 1 }] } },
    { ...names, histogram: { dataPoints: [{ ...point, count: '1', bucketCounts: ['1'], explicitBounds: [] }] } },
  ];
  const builder = new BlockBuilder();
  const at = { workspace: hostile, recordSeq: 1, receivedMs };
  builder.add(
    decode('traces', 'json', json({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] })),
    at,
  );
  builder.add(
    decode('logs', 'json', json({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [log] }] }] })),
    at,
  );
  builder.add(
    decode('metrics', 'json', json({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] })),
    at,
  );
  const blocks = builder.cut();
  expect(blocks.map(block => block.table).sort()).toEqual([...tables].sort());
  await store.load(blocks);

  for (const table of tables) {
    const rows = await store.rows<Record<string, unknown>>(`SELECT * FROM ${table}`);
    expect([table, rows.length > 0]).toEqual([table, true]);
    const attributed = rows.filter(row => 'attrs' in row);
    expect(rows.map(row => row['workspace'])).toEqual(rows.map(() => hostile));
    expect(attributed).toEqual(
      attributed.map(() => expect.objectContaining({ attrs: expect.objectContaining({ [hostile]: hostile }) })),
    );
  }
  const [spanRow] = await store.rows<Record<string, unknown>>('SELECT * FROM spans');
  expect(spanRow).toMatchObject({
    name: hostile,
    service: hostile,
    version: hostile,
    environment: hostile,
    tenant_id: hostile,
    error_type: hostile,
    scope_name: hostile,
    status_message: hostile,
    trace_state: hostile,
  });
  const [logRow] = await store.rows<Record<string, unknown>>('SELECT * FROM logs');
  expect(logRow).toMatchObject({ body: hostile, severity_text: hostile, event_name: hostile });
});
