import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMetrics, type MetricBatch } from '../decode/otlp-metrics.js';
import { bytes, double, int } from '../decode/protobuf.test-support.js';
import { metricsRequest, type Attributes, type MetricItem } from '../decode/otlp-writer.js';
import { CumulativePoints } from './cumulative-points.js';
import { SeriesGuard } from './series-guard.js';

const everything = { admits: () => true };

const guarded = (perMetric: number): CumulativePoints =>
  new CumulativePoints(new SeriesGuard({ perMetric, perWorkspace: 1000 }, () => 0));

const second = 1_000_000_000n;
const resource: Attributes = [['service.name', 'checkout']];

function requestOf(items: readonly MetricItem[]): MetricBatch {
  return decodeMetrics(metricsRequest([{ resource, scope: { name: 'shop' }, items }]));
}

function sum(value: number, atS: number, attributes: Attributes = [['route', '/orders']]): MetricItem {
  const points = [{ attributes, startNs: BigInt(atS - 10) * second, timeNs: BigInt(atS) * second, value }];
  return { name: 'requests', type: 'sum', isMonotonic: true, temporality: 'delta', points };
}

function histogram(atS: number, bounds: readonly number[], counts: readonly number[]): MetricItem {
  const timeNs = BigInt(atS) * second;
  const points = [{ attributes: [], timeNs, count: 3, sum: 30, min: atS, max: atS, bounds, counts }];
  return { name: 'latency', type: 'histogram', temporality: 'delta', points };
}

function ofUser(user: string, value: number, atS: number): MetricItem {
  return sum(value, atS, [
    ['user.id', user],
    ['http.route', '/orders'],
    ['http.response.status_code', 200],
  ]);
}

function counter(user: string, value: number, atS: number): MetricItem {
  const points = [{ attributes: [['user.id', user]] as const, timeNs: BigInt(atS) * second, value }];
  return { name: 'requests', type: 'sum', isMonotonic: true, temporality: 'cumulative', points };
}

function counters(a: number, b: number, c: number, atS: number): MetricBatch {
  return requestOf([counter('a', a, atS), counter('b', b, atS), counter('c', c, atS)]);
}

function sizes(offset: number, buckets: number, atS: number): MetricItem {
  const counts = Array.from({ length: buckets }, () => 1);
  const values = { count: buckets, sum: 1, scale: 0, zeroCount: 0, positive: { offset, counts } };
  const point = { attributes: [], timeNs: BigInt(atS) * second, ...values, negative: { offset: 0, counts: [] } };
  return { name: 'sizes', type: 'exponential_histogram', temporality: 'delta', points: [point] };
}

function gauge(queue: string): MetricItem {
  return { name: 'depth', type: 'gauge', points: [{ attributes: [['queue', queue]], timeNs: second, value: 3 }] };
}

function rewritten(points: CumulativePoints, batch: MetricBatch): MetricBatch {
  const kept = points.rewrite('default', batch, 1_700_000_000_000);
  expect(kept).toBeDefined();
  return decodeMetrics(kept?.body ?? new Uint8Array());
}

test('deltas become a total that only rises, and its first point says that it begins', () => {
  const points = new CumulativePoints(everything);
  const batches = [sum(5, 100), sum(3, 110), sum(0.5, 120)].map(item => rewritten(points, requestOf([item])));
  expect(batches.map(({ numbers }) => numbers[0]?.value)).toEqual([5, 8, 8.5]);
  expect(batches.map(({ numbers }) => numbers[0]?.isFresh)).toEqual([true, false, false]);
  expect(batches.map(({ metrics }) => metrics[0]?.temporality)).toEqual(['cumulative', 'cumulative', 'cumulative']);
});

test('series are told apart by workspace, attributes and resource', () => {
  const points = new CumulativePoints(everything);
  const first = requestOf([sum(5, 100), sum(7, 100, [['route', '/carts']])]);
  expect(rewritten(points, first).numbers.map(({ value }) => value)).toEqual([5, 7]);
  expect(points.rewrite('other', first, 0)).toBeDefined();
  expect(
    rewritten(points, requestOf([sum(1, 110), sum(1, 110, [['route', '/carts']])])).numbers.map(({ value }) => value),
  ).toEqual([6, 8]);
});

test('a delta that comes late counts, after the newest', () => {
  const points = new CumulativePoints(everything);
  const times = [sum(1, 100), sum(1, 120), sum(1, 110)].map(item => {
    const batch = rewritten(points, requestOf([item]));
    const at = batch.numbers[0]?.timeAt ?? 0;
    return [Buffer.from(batch.body).readBigUInt64LE(at), batch.numbers[0]?.value];
  });
  expect(times).toEqual([
    [100n * second, 1],
    [120n * second, 2],
    [120n * second + 1_000_000n, 3],
  ]);
});

test('what is not a delta stays as it came, beside deltas too', () => {
  const gauge: MetricItem = {
    name: 'depth',
    unit: '{job}',
    type: 'gauge',
    points: [{ attributes: [['queue', 'mail']], timeNs: second, value: 3 }],
  };
  expect(new CumulativePoints(everything).rewrite('default', requestOf([gauge]), 0)).toBeUndefined();
  const batch = rewritten(new CumulativePoints(everything), requestOf([gauge, sum(1, 100), gauge]));
  expect(batch).toMatchObject({ items: 3, rejected: 0 });
  expect(batch.numbers.map(({ value }) => value)).toEqual([3, 1, 3]);
});

test('histograms of deltas add up, and new bounds begin a new series', () => {
  const points = new CumulativePoints(everything);
  const batches = [
    histogram(100, [10, 20], [1, 1, 1]),
    histogram(110, [10, 20], [2, 0, 1]),
    histogram(120, [5], [3, 0]),
  ].map(item => rewritten(points, requestOf([item])).histograms[0]);
  expect(batches[1]).toMatchObject({ counts: [3, 1, 2], count: 6, sum: 60, min: 100, max: 110, isFresh: false });
  expect(batches[2]).toMatchObject({ counts: [3, 0], count: 3, isFresh: true });
});

const exponential = fc.record({
  scale: fc.integer({ min: -3, max: 20 }),
  offset: fc.integer({ min: -2000, max: 2000 }),
  counts: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 200 }),
  zeroCount: fc.integer({ min: 0, max: 10 }),
});

test('exponential histograms of whatever scales add up without losing a count', () => {
  fc.assert(
    fc.property(fc.array(exponential, { minLength: 1, maxLength: 6 }), list => {
      const points = new CumulativePoints(everything);
      let expected = 0;
      for (const [i, { scale, offset, counts, zeroCount }] of list.entries()) {
        const count = counts.reduce((all, count) => all + count, zeroCount);
        expected += count;
        const item: MetricItem = {
          name: 'size',
          type: 'exponential_histogram',
          temporality: 'delta',
          points: [
            {
              attributes: [],
              timeNs: BigInt(i + 1) * second,
              count,
              scale,
              zeroCount,
              positive: { offset, counts },
              negative: { offset, counts: [] },
            },
          ],
        };
        const point = rewritten(points, requestOf([item])).exponentials[0];
        expect(point?.count).toBe(expected);
        const buckets = point?.positive.counts ?? [];
        expect(buckets.reduce((all, count) => all + count, point?.zeroCount ?? 0)).toBe(expected);
        expect(i === 0 || buckets.length <= 320).toBe(true);
      }
    }),
  );
});

test('too many series: the one that was quiet longest begins again, and that is counted', () => {
  const points = new CumulativePoints(everything, 2);
  const value = (route: string, atS: number): unknown => {
    const [point] = rewritten(points, requestOf([sum(1, atS, [['route', route]])])).numbers;
    return [point?.value, point?.isFresh];
  };
  value('a', 100);
  value('b', 100);
  expect(value('a', 110)).toEqual([2, false]);
  value('c', 110);
  expect(value('b', 120)).toEqual([1, true]);
  expect(points.forgotten).toBe(2);
  expect(points.series).toBe(2);
});

test('a request that was not kept is not counted, when it comes again', () => {
  const points = new CumulativePoints(everything);
  rewritten(points, requestOf([sum(5, 100)]));
  const refused = requestOf([sum(3, 110)]);
  rewritten(points, refused);
  points.undo('default', refused);
  expect(rewritten(points, requestOf([sum(3, 110)])).numbers[0]).toMatchObject({ value: 3, isFresh: true });
});

test('[W3] series that are too many count together, and route and status stay', () => {
  const points = guarded(2);
  const batch = requestOf(['a', 'b', 'c', 'd'].map(user => ofUser(user, 1, 100)));
  const kept = rewritten(points, batch);
  expect(kept.numbers.map(({ value, attributes }) => [value, attributes])).toEqual([
    [1, 3],
    [1, 3],
    [1, 3],
    [2, 3],
  ]);
  expect(Buffer.from(kept.body).toString('latin1').split('otel.metric.overflow')).toHaveLength(3);
  expect(
    rewritten(points, requestOf([ofUser('a', 1, 110), ofUser('e', 5, 110)])).numbers.map(({ value }) => value),
  ).toEqual([2, 7]);
});

test('cumulative sums that are too many count what they rose by', () => {
  const points = guarded(1);
  expect(rewritten(points, counters(10, 20, 30, 100)).numbers.map(({ value }) => value)).toEqual([10, 0, 0]);
  expect(rewritten(points, counters(11, 22, 33, 110)).numbers.map(({ value }) => value)).toEqual([11, 2, 5]);
  // b was restarted.
  expect(rewritten(points, counters(12, 1, 34, 120)).numbers.map(({ value }) => value)).toEqual([12, 6, 7]);
});

test('a gauge with too many series is rejected in part, and says what to do', () => {
  const points = guarded(1);
  const batch = requestOf([gauge('mail'), gauge('sms'), gauge('push')]);
  const kept = points.rewrite('default', batch, 0);
  expect(kept).toMatchObject({ rejected: 2 });
  expect(kept?.rejectedReason).toMatch(/the metric depth has too many series; take attributes with many values/);
  expect(decodeMetrics(kept?.body ?? new Uint8Array()).items).toBe(1);
});

test('overflow series of two workspaces do not count each other', () => {
  const points = guarded(1);
  const last = (workspace: string, value: number, atS: number): number | undefined => {
    const kept = points.rewrite(workspace, requestOf([counter('a', 1, atS), counter('b', value, atS)]), atS * 1000);
    return decodeMetrics(kept?.body ?? new Uint8Array()).numbers.at(-1)?.value;
  };
  last('one', 1000, 100);
  last('two', 5, 100);
  expect([last('one', 1001, 110), last('two', 6, 110)]).toEqual([1, 1]);
});

test('a sender whose clock was ahead once does not stay in the future', () => {
  const points = new CumulativePoints(everything);
  const nowS = 1_700_000_000;
  const timeOf = (atS: number): number => {
    const { body, numbers } = rewritten(points, requestOf([sum(1, atS)]));
    return Number(Buffer.from(body).readBigUInt64LE(numbers[0]?.timeAt) / second);
  };
  expect([nowS, nowS + 315_360_000, nowS + 10].map(timeOf)).toEqual([nowS, nowS + 315_360_000, nowS + 10]);
});

test.each([
  ['at the upper end', 2_147_483_647, 400, 2_147_483_647, 1],
  ['beyond the upper end', 2_147_483_000, 65_536, -2_147_483_648, 1],
  ['at both ends', -2_147_483_648, 400, 2_147_483_647, 400],
])('exponential buckets %s become few, and all of them count', (_, ...[first, many, next, others]) => {
  const points = new CumulativePoints(everything);
  rewritten(points, requestOf([sizes(first, many, 100)]));
  const counts = rewritten(points, requestOf([sizes(next, others, 110)])).exponentials[0]?.positive.counts ?? [];
  expect(counts.length).toBeLessThanOrEqual(320);
  expect(counts.reduce((all, count) => all + count, 0)).toBe(many + others);
});

test('histograms with many buckets make room for each other sooner', () => {
  const points = new CumulativePoints(everything, 100, 1000);
  const bounds = Array.from({ length: 249 }, (_, i) => i);
  const ofHost = (host: number): MetricItem => {
    const values = { count: 1, sum: 1, min: 1, max: 1, bounds, counts: [...bounds, 1] };
    const point = { attributes: [['host', host]] as const, timeNs: second, ...values };
    return { name: 'latency', type: 'histogram', temporality: 'delta', points: [point] };
  };
  for (let host = 0; host < 5; host++) rewritten(points, requestOf([ofHost(host)]));
  expect([points.series, points.forgotten]).toEqual([2, 3]);
});

test('a series that is told apart by long attributes counts as any other', () => {
  const points = new CumulativePoints(everything);
  const values = [0, 1].flatMap(() =>
    ['a', 'b'].map(
      end => rewritten(points, requestOf([sum(1, 100, [['path', `${'x'.repeat(10_000)}${end}`]])])).numbers[0],
    ),
  );
  expect(values.map(point => point?.value)).toEqual([1, 1, 2, 2]);
});

test('what was not kept of an overflow series is not counted when it comes again', () => {
  const points = guarded(1);
  rewritten(points, requestOf([ofUser('a', 1, 100)]));
  const refused = requestOf([ofUser('b', 5, 110)]);
  rewritten(points, refused);
  points.undo('default', refused);
  expect(rewritten(points, refused).numbers[0]?.value).toBe(5);
});

test('a long resource is read and written once, however many scopes and points it has', () => {
  const points = new CumulativePoints(everything);
  const resource = bytes(1, bytes(1, bytes(1, 'notes'), bytes(2, bytes(1, 'x'.repeat(200_000)))));
  const delta = bytes(7, ...Array.from({ length: 20 }, () => bytes(1, double(4, 1))), int(2, 1), int(3, 1));
  const scopes = Array.from({ length: 500 }, (_, i) =>
    bytes(2, bytes(1, bytes(1, `scope ${i}`)), bytes(2, bytes(1, 'requests'), delta)),
  );
  const body = bytes(1, resource, ...scopes);
  const before = process.cpuUsage();
  const kept = points.rewrite('default', decodeMetrics(body), 1_700_000_000_000);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
  expect(kept?.body.length).toBeLessThan(5 * body.length);
  expect(decodeMetrics(kept?.body ?? new Uint8Array()).numbers.length).toBe(10_000);
});
