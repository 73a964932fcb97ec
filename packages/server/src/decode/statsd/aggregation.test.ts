import { expect, test } from 'vitest';
import type { Group, MetricItem } from '../otlp-writer.js';
import { Aggregation, type AggregationLimits } from './aggregation.js';
import { readDatagram } from './datagram.js';

const startMs = 1_790_000_000_000;
const sinceNs = BigInt(startMs) * 1_000_000n;
const flushNs = sinceNs + 10_000_000_000n;
const between = { startNs: sinceNs, timeNs: flushNs };

function aggregation(limits: Partial<AggregationLimits> = {}): Aggregation {
  return new Aggregation(
    { maxSeries: 1000, maxSeriesPerMetric: 100, maxLength: 1e6, gaugeMs: 60_000, signedGauges: 'delta', ...limits },
    startMs,
  );
}

/** Adds lines; gives the reasons of what was not taken. */
function add(into: Aggregation, lines: string, atMs = startMs): readonly string[] {
  const reasons: string[] = [];
  readDatagram(Buffer.from(lines), {
    reading(reading) {
      const reason = reading.is === 'sample' ? into.add(reading, atMs) : undefined;
      if (reason !== undefined) reasons.push(reason);
    },
    bad: reason => reasons.push(reason),
  });
  return reasons;
}

const flush = (from: Aggregation, atMs: number): readonly Group<MetricItem>[] =>
  from.take(atMs).pieces.flatMap(({ groups }) => groups);

const pointsIn = (from: Aggregation, atMs: number): number =>
  from.take(atMs).pieces.reduce((sum, { points }) => sum + points, 0);

/** What a flush gives for lines, the tags of the resource left out. */
function metricsOf(lines: string, limits: Partial<AggregationLimits> = {}): readonly unknown[] {
  const into = aggregation(limits);
  expect(add(into, lines)).toEqual([]);
  return flush(into, startMs + 10_000).flatMap(({ items }) => items);
}

const none = { attributes: [] };
const sum = { type: 'sum', temporality: 'delta', isMonotonic: true };

test('a counter is a delta sum; each value counts for the samples that were left out', () => {
  expect(metricsOf('a:1|c\na:2:3|c\na:1|c|@0.1')).toEqual([
    { name: 'a', ...sum, points: [{ ...none, ...between, value: 16 }] },
  ]);
});

test('a counter that is lowered is no counter, from then on', () => {
  const into = aggregation();
  add(into, 'a:1|c\na:-3|c');
  expect(flush(into, startMs + 10_000)[0]?.items).toMatchObject([{ isMonotonic: false, points: [{ value: -2 }] }]);
  add(into, 'a:1|c');
  expect(flush(into, startMs + 20_000)[0]?.items).toMatchObject([{ isMonotonic: false, points: [{ value: 1 }] }]);
});

test('a gauge keeps its last value; signs change it, also over flushes', () => {
  const into = aggregation();
  add(into, 'a:7|g\na:10|g\na:+5|g\na:-3|g');
  const first = flush(into, startMs + 10_000);
  expect(first[0]?.items).toEqual([{ name: 'a', type: 'gauge', points: [{ ...none, timeNs: flushNs, value: 12 }] }]);
  add(into, 'a:-2|g', startMs + 10_000);
  expect(flush(into, startMs + 20_000)[0]?.items).toMatchObject([{ points: [{ value: 10 }] }]);
});

test('a signed value is the value itself where that is configured', () => {
  expect(metricsOf('a:7|g\na:-3|g', { signedGauges: 'value' })).toMatchObject([{ points: [{ value: -3 }] }]);
});

test('a gauge is repeated until nobody set it for as long as configured', () => {
  const into = aggregation({ gaugeMs: 15_000 });
  add(into, 'a:7|g');
  expect([10, 15, 16].map(seconds => pointsIn(into, startMs + seconds * 1000))).toEqual([1, 1, 0]);
  add(into, 'a:+1|g', startMs + 20_000);
  expect(flush(into, startMs + 20_000)[0]?.items).toMatchObject([{ points: [{ value: 8 }] }]);
});

test('[W1] gauge values that nobody could see are counted by metric', () => {
  const into = aggregation();
  add(into, 'a:1|g\na:2|g\na:3|g|#k:v\na:4|g|#k:v\na:+1|g\nb:1|g');
  expect(into.take(startMs + 10_000).overwritten).toEqual([{ name: 'a', times: 2 }]);
  expect(into.take(startMs + 20_000).overwritten).toEqual([]);
});

test('[W1] timers become exponential histograms in seconds; histograms and distributions keep their unit', () => {
  expect(metricsOf('t:500|ms\nt:1000:2000|ms\nh:500|h\nd:-1:0|d')).toEqual([
    {
      name: 't',
      unit: 's',
      type: 'exponential_histogram',
      temporality: 'delta',
      points: [
        {
          ...none,
          ...between,
          count: 3,
          sum: 3.5,
          min: 0.5,
          max: 2,
          scale: 6,
          zeroCount: 0,
          positive: expect.objectContaining({ offset: -65 }),
          negative: { offset: 0, counts: [] },
        },
      ],
    },
    expect.objectContaining({ name: 'h', points: [expect.objectContaining({ count: 1, sum: 500, scale: 20 })] }),
    expect.objectContaining({
      name: 'd',
      points: [expect.objectContaining({ count: 2, zeroCount: 1, min: -1, negative: { offset: -1, counts: [1] } })],
    }),
  ]);
});

test('a sampled timer counts for those that were left out; over many the counts are right', () => {
  const metrics = metricsOf(Array.from({ length: 300 }, () => 't:1000|ms|@0.3').join('\n'));
  expect(metrics).toMatchObject([{ points: [{ count: 1000, sum: 1000 }] }]);
});

test('a set is the number of its different members, of one interval', () => {
  const into = aggregation();
  add(into, 's:a|s\ns:b|s\ns:a|s\ns:a:b|s');
  expect(flush(into, startMs + 10_000)[0]?.items).toMatchObject([{ type: 'gauge', points: [{ value: 3 }] }]);
  expect(pointsIn(into, startMs + 20_000)).toBe(0);
});

test('tags that say who sends describe the resource, the others the point; their order does not matter', () => {
  const into = aggregation();
  add(
    into,
    'a:1|c|#service:shop,env:prod,version:1.2,host:web,plan:pro,flag|c:ci-1234|e:it-false,cn-app,pu-77\n' +
      'a:2|c|#flag,plan:pro,host:web,version:1.2,service:shop,env:prod|e:cn-app,it-false,pu-77|c:1234\n' +
      'a:4|c|#service:shop|c:in-99',
  );
  expect(flush(into, startMs + 10_000)).toMatchObject([
    {
      resource: [
        ['container.id', '1234'],
        ['deployment.environment.name', 'prod'],
        ['host.name', 'web'],
        ['k8s.container.name', 'app'],
        ['k8s.pod.uid', '77'],
        ['service.name', 'shop'],
        ['service.version', '1.2'],
      ],
      items: [
        {
          points: [
            {
              value: 3,
              attributes: [
                ['flag', 'true'],
                ['plan', 'pro'],
              ],
            },
          ],
        },
      ],
    },
    { resource: [['service.name', 'shop']], items: [{ points: [{ value: 4, attributes: [] }] }] },
  ]);
});

test('tags meant for Datadog’s agent are no tags, but for the id of the pod', () => {
  const into = aggregation();
  add(into, 'a:1|c|#dd.internal.entity_id:none,dd.internal.card:low\na:1|c|#dd.internal.entity_id:77');
  expect(flush(into, startMs + 10_000)).toMatchObject([
    { resource: [], items: [{ points: [{ attributes: [] }] }] },
    { resource: [['k8s.pod.uid', '77']], items: [{ points: [{ attributes: [] }] }] },
  ]);
});

test('names like those of JavaScript’s objects are names like others', () => {
  expect(metricsOf('__proto__:1|c|#constructor:x,__proto__:y')).toMatchObject([
    {
      name: '__proto__',
      points: [
        {
          attributes: [
            ['__proto__', 'y'],
            ['constructor', 'x'],
          ],
        },
      ],
    },
  ]);
});

test('samples that carry their time are passed on as they are, without a flush', () => {
  const into = aggregation();
  add(into, 'a:1|c|@0.5|T1789999990\na:5|g|T1789999991\na:6|g|T1789999992\nt:1|ms|T1789999990');
  expect(into.timed).toBe(3);
  expect(into.takeTimed().map(({ groups }) => groups[0]?.items)).toEqual([
    [
      { name: 'a', ...sum, points: [{ ...none, timeNs: 1_789_999_990_000_000_000n, value: 2 }] },
      {
        name: 'a',
        type: 'gauge',
        points: [
          { ...none, timeNs: 1_789_999_991_000_000_000n, value: 5 },
          { ...none, timeNs: 1_789_999_992_000_000_000n, value: 6 },
        ],
      },
    ],
  ]);
  expect(into.timed).toBe(0);
  expect(pointsIn(into, startMs + 10_000)).toBe(1);
});

test('samples of many days come in pieces of 50 days, in the order of their time', () => {
  const into = aggregation();
  add(into, Array.from({ length: 120 }, (_, i) => `a:1|g|T${1_600_000_000 + ((i * 7) % 120) * 86_400}`).join('\n'));
  expect(into.takeTimed().map(({ points }) => points)).toEqual([50, 50, 20]);
});

test('[W42] values of a tag that anybody may write do not make series without end: beyond the limit they count in one', () => {
  const into = aggregation({ maxSeriesPerMetric: 3 });
  add(into, Array.from({ length: 50 }, (_, i) => `hits:1|c|#channel:user ${i}`).join('\n'));
  add(into, `hits:2|c|#channel:user 1`);
  expect(into.overflowed).toBe(47);
  expect(flush(into, startMs + 10_000).flatMap(({ items }) => items)).toEqual([
    {
      name: 'hits',
      ...sum,
      points: [
        { ...between, attributes: [['channel', 'user 0']], value: 1 },
        { ...between, attributes: [['channel', 'user 1']], value: 3 },
        { ...between, attributes: [['channel', 'user 2']], value: 1 },
        { ...between, attributes: [['otel.metric.overflow', true]], value: 47 },
      ],
    },
  ]);
});

test('[W42] a long value of a tag is cut, so that free text stays short', () => {
  const metrics = metricsOf(`a:1|c|#k:${'x'.repeat(300)}`);
  expect(metrics).toMatchObject([{ points: [{ attributes: [['k', 'x'.repeat(200)]] }] }]);
});

test('beyond the limit for all, metrics that are new are refused, and known ones still count', () => {
  const into = aggregation({ maxSeries: 2 });
  expect(add(into, 'a:1|c\nb:1|c\nc:1|c\na:1|c|#k:v\nc:1|g')).toEqual([
    'there are too many series already, and this metric is new',
    'there are too many series of this gauge, or of all metrics',
  ]);
  expect([into.overflowed, pointsIn(into, startMs + 10_000)]).toEqual([1, 3]);
});

test('gauges that are not sent any more make room when it gets tight', () => {
  const into = aggregation({ maxSeries: 2, gaugeMs: 1000 });
  add(into, 'a:1|g\nb:1|g');
  expect(add(into, 'c:1|g')).toHaveLength(1);
  into.take(startMs + 10_000);
  expect(add(into, 'c:1|g')).toEqual([]);
});

test('many series are flushed in pieces', () => {
  const into = aggregation({ maxSeries: 20_000, maxSeriesPerMetric: 20_000 });
  add(into, Array.from({ length: 12_000 }, (_, i) => `a:1|c|#i:${i}`).join('\n'));
  expect(into.take(startMs + 10_000).pieces.map(({ points }) => points)).toEqual([5000, 5000, 2000]);
});

test('long names and tags take the room of series, too', () => {
  const into = aggregation({ maxLength: 3500 });
  add(into, Array.from({ length: 50 }, (_, i) => `a:1|c|#i:${i},k:${'v'.repeat(200)}`).join('\n'));
  expect([into.series, into.overflowed]).toEqual([18, 33]);
});
