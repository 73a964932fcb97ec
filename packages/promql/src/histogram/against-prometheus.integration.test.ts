import { afterAll, beforeAll, expect, test } from 'vitest';
import { compare } from '../differential/compare.test-support.js';
import { engineTarget } from '../differential/engine-target.test-support.js';
import { startPrometheus } from '../differential/prometheus-peer.test-support.js';
import { randomOf } from '../differential/random.test-support.js';
import type { Target } from '../differential/target.test-support.js';
import type { TestSeries } from '../differential/test-series.test-support.js';
import type { Point } from '../memory-source.js';
import { labelsOf, labelValue, metricName, withLabel } from '../value/labels.js';
import { exponentialBound } from './bounds.js';
import { emptyHistogram, usesCustomBuckets, type Buckets, type FloatHistogram } from './float-histogram.js';
import { histogram } from './literal.test-support.js';

/** The short form asks the same every time, the long form something new. */
const isFull = process.env['BELLWETHER_FULL'] === '1';
const seed = isFull ? Date.now() % 2 ** 31 : 20_261_121;
const random = randomOf(seed);

const stepMs = 15_000;
const samples = 60;
const startMs = 1_700_000_000_000;

const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(...choices: readonly [T, ...T[]]): T => choices[below(choices.length)] ?? choices[0];

/** Buckets that may have gaps, none of them within the zero bucket, though the first may reach into it. */
function anyBuckets(schema: number, zeroThreshold: number, most: number): Buckets {
  const indexes = new Set<number>();
  const spread = Math.max(4, Math.round(4 * 2 ** schema));
  for (let left = 1 + below(most); left > 0; left--) indexes.add(below(2 * spread) - spread);
  // One there always is: Prometheus' chunks give a histogram the buckets of its neighbours, and with them another natural lower end.
  const outside = [...indexes, spread].filter(index => exponentialBound(index, schema) > zeroThreshold);
  const sorted = Int32Array.from(outside).sort();
  return { indexes: sorted, counts: Float64Array.from(sorted, () => 1 + below(20)) };
}

interface Layout {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly hasNegative: boolean;
}

function anyExponential({ schema, zeroThreshold, hasNegative }: Layout, isGauge: boolean): FloatHistogram {
  const positive = anyBuckets(schema, zeroThreshold, 12);
  const negative = hasNegative ? anyBuckets(schema, zeroThreshold, 6) : emptyHistogram.negative;
  const zeroCount = below(10);
  return {
    ...emptyHistogram,
    schema,
    zeroThreshold,
    zeroCount,
    count: [...positive.counts, ...negative.counts].reduce((sum, count) => sum + count, zeroCount),
    sum: below(1000) - 200,
    positive,
    negative,
    counterResetHint: isGauge ? 'gauge' : 'unknown',
  };
}

/** What was there and more: a counter without a reset. */
function grown(before: FloatHistogram): FloatHistogram {
  const more = below(4);
  const inZero = usesCustomBuckets(before) ? 0 : more;
  const counts = before.positive.counts.map(count => count + more);
  const added = more * counts.length;
  const zeroCount = before.zeroCount + inZero;
  return {
    ...before,
    positive: { ...before.positive, counts },
    zeroCount,
    count: before.count + added + inZero,
    sum: before.sum + added,
  };
}

function anyCustom(): FloatHistogram {
  const bounds = pick([0.1, 1, 10], [0.1, 1, 10], [0.1, 1, 10], [-5, 0, 5], [1]);
  const buckets = Array.from({ length: bounds.length + 1 }, () => 1 + below(10));
  return histogram({ bounds, buckets, count: buckets.reduce((sum, count) => sum + count, 0), sum: below(100) });
}

function points(next: (before: FloatHistogram | undefined) => Point): TestSeries['points'] {
  let before: FloatHistogram | undefined;
  const all: [number, Point][] = [];
  for (let at = 0; at < samples; at++) {
    if (below(25) === 0) continue;
    const point = below(40) === 0 ? 'stale' : next(before);
    if (typeof point === 'object') before = point;
    all.push([startMs + at * stepMs, point]);
  }
  return all;
}

function series(kind: string, n: number, next: (before: FloatHistogram | undefined) => Point): TestSeries {
  return { labels: labelsOf({ __name__: 'h', kind, n: String(n) }), points: points(next) };
}

const isFirst = (before: FloatHistogram | undefined, chance: number): before is undefined =>
  before === undefined || below(chance) === 0;

/** Schemas change with one zero bucket, and zero buckets with one schema: with both at once Prometheus counts some buckets twice. */
const all: readonly TestSeries[] = [
  ...Array.from({ length: 6 }, (_, n) =>
    series('counter', n, before => {
      const layout = { schema: pick(0, 1, 3), zeroThreshold: 0.001, hasNegative: n % 2 === 0 };
      return isFirst(before, 8) ? anyExponential(layout, false) : grown(before);
    }),
  ),
  ...Array.from({ length: 4 }, (_, n) =>
    series('gauge', n, () => {
      const layout = { schema: 1, zeroThreshold: pick(0, 0.001, 0.001, 0.01, 0.3, 1), hasNegative: n % 2 === 0 };
      return anyExponential(layout, true);
    }),
  ),
  ...Array.from({ length: 4 }, (_, n) =>
    series('custom', n, before => (isFirst(before, 6) ? anyCustom() : grown(before))),
  ),
  ...Array.from({ length: 2 }, (_, n) =>
    series('mixed', n, before => {
      const exponential = anyExponential({ schema: 1, zeroThreshold: 0.001, hasNegative: false }, false);
      return pick<Point>(before ?? anyCustom(), exponential, anyCustom(), below(50));
    }),
  ),
  ...Array.from({ length: 2 }, (_, n) =>
    series('nan', n, () => {
      const one = anyExponential({ schema: 1, zeroThreshold: 0.001, hasNegative: false }, true);
      return { ...one, sum: NaN, count: one.count + below(3) };
    }),
  ),
].map(one => ({
  ...one,
  labels: withLabel(one.labels, metricName, labelValue(one.labels, 'kind') === 'nan' ? 'nan' : 'h'),
}));

const vectors = [
  'h',
  'h offset 45s',
  'rate(h[2m])',
  'increase(h[5m])',
  'delta(h[2m])',
  'irate(h[2m])',
  'idelta(h[2m])',
  'sum_over_time(h[2m])',
  'avg_over_time(h[2m])',
  'last_over_time(h[2m])',
  'rate(h[5m:20s])',
  'sum by (kind) (h)',
  'avg by (kind) (h)',
  'sum by (kind) (rate(h[2m]))',
  'avg without (n) (h{kind!="mixed"})',
  'h * 3',
  'h / 4',
  'h / 0',
  'h + h offset 1m',
  'h - h offset 1m',
  'sum(h{kind!~"custom|mixed"})',
  'h + on (n) group_left () h{kind="gauge"}',
];

const questions = [
  ...[0, 0.01, 0.3, 0.5, 0.77, 1, 2].map(q => `histogram_quantile(${q}, @)`),
  ...['-Inf, 0', '0, 0.7', '-1.3, 2.5', '0.1, Inf', '1, 1'].map(range => `histogram_fraction(${range}, @)`),
  ...['count', 'sum', 'avg', 'stddev', 'stdvar'].map(name => `histogram_${name}(@)`),
];

const expressions = [
  ...vectors,
  ...vectors.flatMap(vector => questions.map(question => question.replace('@', vector))),
  'changes(h[5m])',
  'resets(h[5m])',
  'count_over_time(h[5m])',
  'present_over_time(h[5m])',
  'h == h offset 15s',
  'h != h offset 15s',
  'h == h',
  'count_values("v", h)',
  'count(h)',
  'group(h)',
  'topk(2, h)',
  'max(h)',
  'stddev(h)',
  'h > 3',
  'h * h',
  '2 / h',
  '-h',
  'nan',
  'sum(nan)',
  'rate(nan[2m])',
  'avg_over_time(nan[2m])',
  'histogram_fraction(-Inf, 1, nan)',
  'histogram_stddev(nan)',
];

/**
 * Where we say the same in other words: what is said of a subquery stands at the subquery and not at the start of the text, and what is said
 * of observations that are no numbers names the metric.
 */
function isSaidOtherwise(expr: string, difference: string): boolean {
  const [ours = '', theirs = ''] = difference
    .replace(/^says/, '')
    .split(' not\n')
    .map(text => text.trim().replace(/(NaN observations, .*) for metric name "[^"]*"/, '$1'))
    .map(text => (expr.includes(':20s]') ? text.replaceAll(/\(1:\d+\)/g, '') : text));
  return difference.startsWith('says') && ours === theirs;
}

let ours: Target;
let theirs: Target;
beforeAll(async () => {
  ours = engineTarget();
  theirs = await startPrometheus();
  await Promise.all([ours.write(all), theirs.write(all)]);
});
afterAll(() => theirs.stop());

test(`histograms of every kind, whose layouts change, come to the same here and in Prometheus 3.5 (seed ${seed})`, async () => {
  const endMs = startMs + samples * stepMs;
  const moments = {
    timesMs: [],
    ranges: [{ startMs: startMs + 100_000, endMs, stepMs: 47_000 }],
  };
  const { filled, differences } = await compare(ours, theirs, expressions, moments, isSaidOtherwise);
  expect(differences.slice(0, 30), `${differences.length} differences`).toEqual([]);
  expect(filled).toBeGreaterThan(expressions.length * 0.8);
}, 60_000);
