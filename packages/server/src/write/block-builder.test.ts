import { expect, test } from 'vitest';
import type { Batch, OtlpSignal } from '../decode/batch.js';
import { decode } from '../decode/decode.js';
import { BlockBuilder, type TableBlock } from './block-builder.js';

const receivedMs = Date.UTC(2026, 10, 21, 12);
const timeUnixNano = `${receivedMs}000001`;
const ids = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  parentSpanId: '00000000000000ff',
};
const attributes = [
  { key: 'a', value: { stringValue: 'b' } },
  { key: 'n', value: { intValue: '1' } },
];

function request(signal: OtlpSignal, count: number): Batch {
  const span = {
    ...ids,
    name: 'op',
    kind: 2,
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: timeUnixNano,
    attributes,
  };
  const log = { ...ids, timeUnixNano, body: { stringValue: 'hello' }, attributes };
  const metric = { name: 'm', gauge: { dataPoints: [{ timeUnixNano, asDouble: 1, attributes }] } };
  const times = <T>(item: T): readonly T[] => Array.from({ length: count }, () => item);
  const body = {
    traces: { resourceSpans: [{ scopeSpans: [{ spans: times(span) }] }] },
    logs: { resourceLogs: [{ scopeLogs: [{ logRecords: times(log) }] }] },
    metrics: { resourceMetrics: [{ scopeMetrics: [{ metrics: times(metric) }] }] },
  }[signal];
  return decode(signal, 'json', Buffer.from(JSON.stringify(body)));
}

function outcome(act: () => void): 'done' | 'thrown' {
  try {
    act();
    return 'done';
  } catch {
    return 'thrown';
  }
}

const text = (blocks: readonly TableBlock[]): readonly string[] =>
  blocks.map(({ table, rows, chunks }) => `${table} ${rows} ${Buffer.concat(chunks).toString('hex')}`);

test.each(['traces', 'logs', 'metrics'] as const)(
  'a batch of %s that fails half-way leaves no trace in the block',
  signal => {
    const build = (broken: boolean): readonly string[] => {
      const builder = new BlockBuilder();
      const at = { workspace: 'w', recordSeq: 1, receivedMs };
      builder.add(request(signal, 3), at);
      // The second half of this batch belongs to a resource that does not exist.
      const poison = broken ? [{ ...request(signal, 600), ...withoutResource(request(signal, 600), signal) }] : [];
      expect(poison.map(batch => outcome(() => builder.add(batch, at)))).toEqual(poison.map(() => 'thrown'));
      builder.add(request(signal, 2), { ...at, recordSeq: 2 });
      expect(builder.rows).toBe(5);
      return text(builder.cut());
    };
    expect(build(true)).toEqual(build(false));
  },
);

function withoutResource(batch: Batch, signal: OtlpSignal): object {
  if (signal === 'metrics') {
    const { metrics } = batch as unknown as { metrics: readonly object[] };
    return { metrics: metrics.map((metric, i) => (i < 300 ? metric : { ...metric, resource: 7 })) };
  }
  const name = signal === 'traces' ? 'spans' : 'logs';
  const columns = Int32Array.from((batch as unknown as Record<string, Int32Array>)[name] ?? []);
  const width = columns.length / 600;
  for (let row = 300; row < 600; row++) columns[row * width] = 7;
  return { [name]: columns };
}

test('a builder is empty after a cut, and a cut of nothing is nothing', () => {
  const builder = new BlockBuilder();
  expect(builder.cut()).toEqual([]);
  builder.add(request('logs', 1000), { workspace: 'w', recordSeq: 1, receivedMs });
  expect(builder.rows).toBe(1000);
  expect(builder.cut().map(({ table, rows }) => `${table} ${rows}`)).toEqual(['logs 1000', 'resources 1']);
  expect(builder.rows).toBe(0);
  expect(builder.cut()).toEqual([]);
});

test('a block that was cut does not change with what is added afterwards', () => {
  const builder = new BlockBuilder();
  const at = { workspace: 'w', recordSeq: 1, receivedMs };
  for (const signal of ['traces', 'logs', 'metrics'] as const) builder.add(request(signal, 300), at);
  const blocks = builder.cut();
  const before = text(blocks);
  for (const signal of ['traces', 'logs', 'metrics'] as const) builder.add(request(signal, 3000), at);
  builder.cut();
  expect(text(blocks)).toEqual(before);
});

test('a new vocabulary after a hundred thousand words changes nothing in what is written', () => {
  const builder = new BlockBuilder();
  const at = { workspace: 'w', recordSeq: 1, receivedMs };
  const spans = Array.from({ length: 100_100 }, (_, i) => ({
    ...ids,
    name: `op ${i}`,
    startTimeUnixNano: timeUnixNano,
  }));
  const many = decode('traces', 'json', Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })));
  builder.add(request('traces', 5), at);
  const first = text(builder.cut());
  builder.add(many, at);
  builder.cut();
  builder.add(request('traces', 5), at);
  expect(text(builder.cut())).toEqual(first);
});
