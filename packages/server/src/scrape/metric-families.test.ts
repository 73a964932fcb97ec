import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
import { attempt } from './attempt.test-support.js';
import { labelOf, metricName, type Item } from './exposition.js';
import { familyBytes, type WrittenFamily } from './metric-family-bytes.test-support.js';
import { metricFamilies, type HistogramForms } from './metric-families.js';

const both: HistogramForms = { native: true, alwaysClassic: false };

const show = (item: Item): unknown => {
  if (item.kind !== 'sample') return item.kind;
  const labels = item.labels().filter(({ name }) => name !== metricName);
  const text = `${labelOf(item.labels(), metricName)}{${labels.map(l => `${l.name}="${l.value}"`).join(',')}} ${item.value}`;
  return `${text}${item.timeMs === undefined ? '' : ` @${item.timeMs}`}${item.startMs === 0 ? '' : ` from ${item.startMs}`}${item.exemplars.map(e => ` # ${JSON.stringify(e)}`).join('')}`;
};
const read = (bytes: Uint8Array, forms = both): readonly unknown[] => [...metricFamilies(bytes, forms)].map(show);

test('a page of known bytes is read as client_model says', () => {
  // name: "gc", help: "h", type: COUNTER, metric { label { name: "a", value: "b" }, counter { value: 3 } }
  const page = Buffer.from('1e0a026763120168180022130a060a01611201621a09090000000000000840', 'hex');
  expect(() => read(page.subarray(0, -1))).toThrow(BadInput);
  expect(read(page)).toEqual(['family', 'gc{a="b"} 3']);
});

const histogram: WrittenFamily = {
  name: 'latency_seconds',
  type: 4,
  unit: 'seconds',
  metrics: [
    {
      labels: { route: '/' },
      createdMs: 1_700_000_000_123,
      histogram: {
        count: 7,
        sum: 3.5,
        buckets: [
          { count: 2, le: 1, exemplar: { labels: { trace_id: 'abc' }, value: 0.7, timeMs: 1_700_000_001_500 } },
          { count: 7, le: 10 },
        ],
        schema: 3,
        zeroThreshold: 0.001,
        zeroCount: 1,
        positiveSpans: [
          [-2, 2],
          [3, 1],
        ],
        positiveDeltas: [1, 2, -1],
      },
    },
  ],
};

test('classic forms: counters, gauges, summaries and histograms, with exemplars, times and starts', () => {
  const page = familyBytes([
    {
      name: 'c_total',
      help: 'h',
      type: 0,
      metrics: [{ number: [3, 4], createdMs: 5000, exemplar: { labels: { t: '1' }, value: 2 } }],
    },
    { name: 'g', type: 1, metrics: [{ number: [2, -1.5], timeMs: 77, labels: { a: 'x', b: '' } }] },
    {
      name: 's',
      type: 2,
      metrics: [
        {
          summary: {
            count: 3,
            sum: 6,
            quantiles: [
              [0.5, 2],
              [1, 3],
            ],
          },
        },
      ],
    },
    { name: 'u', type: 3, metrics: [{ number: [5, 9] }, {}] },
    histogram,
  ]);
  const exemplar = '{"labels":[{"name":"trace_id","value":"abc"}],"value":0.7,"timeMs":1700000001500}';
  expect(read(page, { native: false, alwaysClassic: false })).toEqual([
    'family',
    'c_total{} 4 from 5000 # {"labels":[{"name":"t","value":"1"}],"value":2}',
    'family',
    'g{a="x"} -1.5 @77',
    'family',
    's{quantile="0.5"} 2',
    's{quantile="1.0"} 3',
    's_sum{} 6',
    's_count{} 3',
    'family',
    'u{} 9',
    'family',
    `latency_seconds_bucket{le="1.0",route="/"} 2 from 1700000000123 # ${exemplar}`,
    'latency_seconds_bucket{le="10.0",route="/"} 7 from 1700000000123',
    'latency_seconds_bucket{le="+Inf",route="/"} 7 from 1700000000123',
    'latency_seconds_sum{route="/"} 3.5 from 1700000000123',
    'latency_seconds_count{route="/"} 7 from 1700000000123',
  ]);
});

test('a native histogram comes with its spans and deltas, and the classic one beside it only when it is asked for', () => {
  const page = familyBytes([histogram]);
  expect(read(page)).toEqual(['family', 'native']);
  expect(read(page, { native: true, alwaysClassic: true })).toHaveLength(7);
  const native = [...metricFamilies(page, both)].find(item => item.kind === 'native');
  expect(native).toMatchObject({
    startMs: 1_700_000_000_123,
    exemplars: [{ value: 0.7 }],
    histogram: {
      schema: 3,
      isFloat: false,
      isGauge: false,
      count: 7,
      sum: 3.5,
      zeroThreshold: 0.001,
      zeroCount: 1,
      positive: {
        spans: [
          { offset: -2, length: 2 },
          { offset: 3, length: 1 },
        ],
        deltas: [1, 2, -1],
        counts: [],
      },
    },
  });
});

test('a float gauge histogram has counts', () => {
  const page = familyBytes([
    {
      name: 'load',
      type: 5,
      metrics: [
        {
          histogram: {
            isFloat: true,
            count: 2.5,
            sum: 1,
            schema: 0,
            zeroThreshold: 0.1,
            zeroCount: 0.5,
            positiveSpans: [[0, 2]],
            positiveCounts: [1.5, 0.5],
          },
        },
      ],
    },
  ]);
  const native = [...metricFamilies(page, both)].find(item => item.kind === 'native');
  expect(native?.histogram).toMatchObject({
    isFloat: true,
    isGauge: true,
    count: 2.5,
    zeroCount: 0.5,
    positive: { deltas: [], counts: [1.5, 0.5] },
  });
});

const anyName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const anyFamily = fc.record({
  name: anyName,
  help: fc.string(),
  type: fc.constantFrom(0, 1, 3),
  metrics: fc.array(
    fc.record({
      labels: fc.dictionary(
        anyName.filter(name => name !== '__name__'),
        fc.string({ minLength: 1 }),
      ),
      number: fc.double().map(value => [3, value] as const),
      timeMs: fc.nat({ max: 2e9 }),
    }),
  ),
});

test('every family that is written is read as it was', () => {
  fc.assert(
    fc.property(fc.array(anyFamily), families => {
      const samples = [...metricFamilies(familyBytes(families), both)].flatMap(item =>
        item.kind === 'sample' ? [item] : [],
      );
      const written = families.flatMap(({ name, metrics }) => metrics.map(metric => ({ name, ...metric })));
      expect(samples.map(({ value, timeMs }) => [value, timeMs])).toEqual(
        written.map(({ number, timeMs }) => [number[1], timeMs]),
      );
      for (const [index, sample] of samples.entries()) {
        const { name, labels } = written[index] ?? { name: '', labels: {} };
        const given = new Map(sample.labels().map(label => [label.name, label.value]));
        expect(given).toEqual(
          new Map(Object.entries({ ...labels, __name__: name }).sort(([a], [b]) => (a < b ? -1 : 1))),
        );
      }
    }),
  );
});

/** An error that is not meant for the target, or that it took longer than 100 ms. */
const unforeseen = (bytes: Uint8Array): unknown => {
  const { ms, unforeseen: error } = attempt(() => metricFamilies(bytes, { native: true, alwaysClassic: true }));
  return error ?? (ms > 100 ? `it took ${ms} ms` : undefined);
};

test('whatever comes is read or refused, soon', () => {
  const page = familyBytes([histogram, { name: 'c', type: 0, metrics: [{ number: [3, 4], labels: { a: 'b' } }] }]);
  for (let end = 0; end < page.length; end++) expect(unforeseen(page.subarray(0, end))).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      expect(unforeseen(bytes)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.nat({ max: page.length * 8 - 1 }), fc.nat({ max: page.length * 8 - 1 }), (one, two) => {
      const changed = Buffer.from(page);
      for (const bit of [one, two]) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(unforeseen(changed)).toBeUndefined();
    }),
    { numRuns: 1000 },
  );
});
