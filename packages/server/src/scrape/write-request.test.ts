import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRemoteWrite2 } from '../decode/remote-write/request-2.js';
import { descriptionWidth, metricTypes } from '../decode/remote-write/series-batch.js';
import { histogramsOf, samplesOf } from './scraped-rows.test-support.js';
import { WriteRequest, type Row } from './write-request.js';

const row = (changes: Partial<Row> = {}): Row => ({
  labels: [{ name: '__name__', value: 'up' }],
  family: undefined,
  timeMs: 1_700_000_000_000,
  startMs: 0,
  value: 1,
  exemplars: [],
  ...changes,
});

const written = (...rows: readonly Row[]): Uint8Array => {
  const request = new WriteRequest();
  for (const one of rows) request.add(one);
  return request.take();
};

test('a message of known bytes: symbols first, then series that name them', () => {
  const bytes = Buffer.from(written(row({ timeMs: 1 })));
  // '' · '__name__' · 'up', then labels [1, 2], and the sample 1.0 at 1.
  expect(bytes.toString('hex')).toBe(
    '220022085f5f6e616d655f5f220275702a95808080000a82808080000102120b09000000000000f03f1001',
  );
});

test('samples, times before 1970, NaN and the mark of the end are read as they were written', () => {
  const anyRow = fc.record({
    labels: fc
      .uniqueArray(fc.record({ name: fc.string({ minLength: 1, maxLength: 5 }), value: fc.string({ minLength: 1 }) }), {
        selector: ({ name }) => name,
        maxLength: 5,
      })
      .map(labels => [{ name: '__name__', value: 'x' }, ...labels.filter(({ name }) => name !== '__name__')]),
    value: fc.oneof(fc.double(), fc.constant('stale sample' as const)),
    timeMs: fc.integer({ min: -1_000_000_000_000, max: 4_000_000_000_000 }),
  });
  fc.assert(
    fc.property(fc.array(anyRow), rows => {
      const read = samplesOf(written(...rows.map(changes => row(changes))));
      expect(read.map(({ value, timeMs }) => [value, timeMs])).toEqual(
        rows.map(({ value, timeMs }) => [value === 'stale sample' ? 'stale' : value, timeMs]),
      );
      for (const [index, { labels }] of rows.entries()) {
        const names = labels.filter(({ name }) => name !== '__name__').toSorted((a, b) => (a.name < b.name ? -1 : 1));
        expect(read[index]?.series).toBe(`x{${names.map(l => `${l.name}=${JSON.stringify(l.value)}`).join(',')}}`);
      }
    }),
  );
});

test('type, unit, help, exemplars and the start of counting go along', () => {
  const batch = decodeRemoteWrite2(
    written(
      row({
        family: { type: 'counter', help: 'How often.', unit: 'seconds' },
        startMs: 5000,
        exemplars: [{ labels: [{ name: 'trace_id', value: 'abc' }], value: 0.5, timeMs: 1234 }],
      }),
      row({ exemplars: [{ labels: [], value: 2, timeMs: undefined }] }),
    ),
  );
  expect(batch.descriptions.length).toBe(descriptionWidth);
  const [, type = 0, unit = 0, help = 0] = batch.descriptions;
  expect([metricTypes[type], batch.labelSets.word(unit), batch.labelSets.word(help)]).toEqual([
    'counter',
    'seconds',
    'How often.',
  ]);
  expect(batch.exemplars).toMatchObject([
    { value: 0.5, timeMs: 1234, labels: [{ name: 'trace_id', value: 'abc' }] },
    { value: 2, timeMs: 1_700_000_000_000, labels: [] },
  ]);
});

test('native histograms, of whole numbers and of others, and the mark of their end', () => {
  const none = { spans: [], deltas: [], counts: [] };
  const histogram = {
    schema: -2,
    isFloat: false,
    isGauge: false,
    count: 6,
    sum: 12.5,
    zeroThreshold: 0.001,
    zeroCount: 1,
    negative: none,
    positive: {
      spans: [
        { offset: -1, length: 2 },
        { offset: 2, length: 1 },
      ],
      deltas: [1, 2, -2],
      counts: [],
    },
  };
  const float = {
    ...histogram,
    isFloat: true,
    isGauge: true,
    zeroCount: 0.5,
    count: 2,
    positive: none,
    negative: { spans: [{ offset: 0, length: 2 }], deltas: [], counts: [1, 0.5] },
  };
  const read = histogramsOf(
    written(row({ value: histogram, startMs: 99 }), row({ value: float }), row({ value: 'stale histogram' })),
  );
  expect(read.map(one => one.histogram)).toMatchObject([
    {
      schema: -2,
      count: 6,
      zeroCount: 1,
      zeroThreshold: 0.001,
      startMs: 99,
      positive: { offset: -2, counts: [1, 3, 0, 0, 1] },
    },
    { count: 2, zeroCount: 0.5, resetHint: 3, negative: { offset: -1, counts: [1, 0.5] } },
    { sumLow: 2, sumHigh: 0x7ff00000, count: 0 },
  ]);
});
