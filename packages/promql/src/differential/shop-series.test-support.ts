import {
  customSchema,
  emptyHistogram,
  noBuckets,
  type Buckets,
  type FloatHistogram,
} from '../histogram/float-histogram.js';
import type { Point } from '../memory-source.js';
import { labelsOf } from '../value/labels.js';
import { randomOf, seedOf } from './random.test-support.js';
import type { TestSeries } from './test-series.test-support.js';

/** Two hours that begin on one. */
export const loadedFromMs = 1_700_006_400_000;
export const loadedToMs = loadedFromMs + 2 * 3_600_000;

/** A point, or nothing where the series has a gap. */
type PointAt = (at: number, random: () => number) => Point | undefined;

function seriesOf(name: string, labels: Readonly<Record<string, string>>, everyMs: number, point: PointAt): TestSeries {
  const random = randomOf(seedOf(name + JSON.stringify(labels)));
  const points: [number, Point][] = [];
  for (let at = 0; loadedFromMs + at * everyMs < loadedToMs; at++) {
    const one = point(at, random);
    // Scrapes are never quite on time.
    const late = Math.floor(random() * 50);
    if (one !== undefined) points.push([loadedFromMs + at * everyMs + late, one]);
  }
  return { labels: labelsOf({ __name__: name, ...labels }), points };
}

/** A counter that begins again now and then, is not scraped for a while, and is gone for a while. */
function counter(step: number, troubles: boolean): PointAt {
  let total = 0;
  return (at, random) => {
    total += random() < 0.2 ? 0 : Math.floor(random() * step);
    if (troubles && random() < 0.02) total = Math.floor(random() * 3);
    if (troubles && at % 97 === 60) return 'stale';
    return troubles && at % 97 > 60 && at % 97 < 80 ? undefined : total;
  };
}

function gauge(center: number, swing: number, odd: readonly Point[] = []): PointAt {
  let value = center;
  return (at, random) => {
    value += (random() - 0.5) * swing + (center - value) * 0.02;
    if (odd.length > 0 && random() < 0.05) return odd[at % odd.length];
    return random() < 0.03 ? undefined : value;
  };
}

function bucketsOf(counts: ReadonlyMap<number, number>): Buckets {
  if (counts.size === 0) return noBuckets;
  const sorted = [...counts].sort(([a], [b]) => a - b);
  return {
    indexes: Int32Array.from(sorted, ([index]) => index),
    counts: Float64Array.from(sorted, ([, count]) => count),
  };
}

/** An exponential histogram that counts ever more, or a gauge that is new each time. */
function native(schema: number, isGauge: boolean, negatives: boolean): PointAt {
  let positive = new Map<number, number>();
  let negative = new Map<number, number>();
  let zeroCount = 0;
  let sum = 0;
  const spread = Math.max(2, Math.round(3 * 2 ** schema));
  return (at, random) => {
    if (at === 0 || isGauge || random() < 0.02) {
      // Never without buckets: a database that keeps samples of one layout together gives those back that others have, empty.
      positive = new Map([[1, 1]]);
      negative = new Map(negatives ? [[1, 1]] : []);
      zeroCount = 0;
      sum = negatives ? 0 : 2 ** (0.5 / 2 ** schema);
    }
    for (let times = Math.floor(random() * 6); times > 0; times--) {
      const index = Math.floor((random() + random() - 1) * spread);
      const side = negatives && random() < 0.3 ? negative : positive;
      side.set(index, (side.get(index) ?? 0) + 1);
      sum += (side === positive ? 1 : -1) * 2 ** ((index - 0.5) / 2 ** schema);
    }
    if (random() < 0.2) zeroCount++;
    if (at % 83 === 50) return 'stale';
    if (at % 83 > 50 && at % 83 < 60) return undefined;
    const inBuckets = [...positive.values(), ...negative.values()].reduce((total, count) => total + count, 0);
    return {
      ...emptyHistogram,
      schema,
      zeroThreshold: 0.001,
      zeroCount,
      count: zeroCount + inBuckets,
      sum,
      positive: bucketsOf(positive),
      negative: bucketsOf(negative),
      counterResetHint: isGauge ? 'gauge' : 'unknown',
    };
  };
}

function custom(bounds: readonly number[]): PointAt {
  let counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let sum = 0;
  return (_at, random) => {
    if (random() < 0.02) {
      counts = counts.map(() => 0);
      sum = 0;
    }
    for (let times = Math.floor(random() * 5); times > 0; times--) {
      const place = Math.floor(random() * counts.length);
      counts[place]!++;
      sum += bounds[place] ?? 10;
    }
    const filled = new Map([...counts.entries()].filter(([, count]) => count > 0));
    const histogram: FloatHistogram = {
      ...emptyHistogram,
      schema: customSchema,
      customValues: Float64Array.from(bounds),
      count: counts.reduce((total, count) => total + count, 0),
      sum,
      positive: bucketsOf(filled),
    };
    return histogram;
  };
}

/** `_bucket`, `_sum` and `_count` of a classic histogram. */
function classic(
  name: string,
  labels: Readonly<Record<string, string>>,
  bounds: readonly number[],
): readonly TestSeries[] {
  const everyMs = 30_000;
  const steps: number[][] = [];
  const sums: number[] = [];
  const random = randomOf(seedOf(name + JSON.stringify(labels)));
  let counts = Array.from({ length: bounds.length + 1 }, () => 0);
  let sum = 0;
  for (let at = 0; at < (loadedToMs - loadedFromMs) / everyMs; at++) {
    if (random() < 0.01) {
      counts = counts.map(() => 0);
      sum = 0;
    }
    for (let times = Math.floor(random() * 8); times > 0; times--) {
      const place = Math.floor(random() * random() * counts.length);
      counts[place]!++;
      sum += bounds[place] ?? 20;
    }
    let below = 0;
    steps.push(counts.map(count => (below += count)));
    sums.push(sum);
  }
  const bucket = (bound: string, place: number): TestSeries =>
    seriesOf(`${name}_bucket`, { ...labels, le: bound }, everyMs, at => steps[at]?.[place]);
  return [
    ...bounds.map((bound, place) => bucket(String(bound), place)),
    bucket('+Inf', bounds.length),
    seriesOf(`${name}_sum`, labels, everyMs, at => sums[at]),
    seriesOf(`${name}_count`, labels, everyMs, at => steps[at]?.[bounds.length]),
  ];
}

/** What the generated expressions ask for: counters, gauges, histograms of all kinds, with resets, gaps, ends, and odd values. */
export function shopSeries(): readonly TestSeries[] {
  const places = ['a', 'b', 'c'].flatMap(instance => ['api', 'web'].map(job => ({ instance, job })));
  return [
    ...places.flatMap(labels =>
      ['200', '404', '500'].map(code =>
        seriesOf('requests_total', { ...labels, code }, 15_000, counter(20, labels.instance !== 'a')),
      ),
    ),
    ...places.map(labels => seriesOf('queue_depth', labels, 15_000, gauge(10, 4))),
    ...places.map(labels => seriesOf('temperature', labels, 30_000, gauge(0, 10, [NaN, Infinity, -Infinity, -0]))),
    ...places.map(labels => seriesOf('up', labels, 15_000, (_at, random) => (random() < 0.1 ? 0 : 1))),
    ...places.map(labels => seriesOf('level', labels, 60_000, (_at, random) => Math.floor(random() * 4))),
    ...places.map(labels =>
      seriesOf('started_seconds', labels, 30_000, at => 1_699_990_000 + Math.floor(at / 70) * 900),
    ),
    ...places.slice(0, 4).flatMap(labels => classic('latency_seconds', labels, [0.1, 0.5, 1, 5])),
    ...places.map((labels, at) =>
      seriesOf('duration', labels, 30_000, native([2, 2, 0, 3, -1, 2][at] ?? 2, false, at === 5)),
    ),
    ...places.slice(0, 3).map(labels => seriesOf('payload', labels, 30_000, native(1, true, true))),
    ...places.slice(0, 4).map((labels, at) => seriesOf('sizes', labels, 30_000, custom(at < 3 ? [1, 2, 5] : [1, 3]))),
    ...places.slice(0, 2).map(labels => {
      const floats = gauge(5, 2);
      const histograms = native(1, false, false);
      return seriesOf('mixed', labels, 30_000, (at, random) => (at % 20 < 10 ? floats : histograms)(at, random));
    }),
    ...['a', 'b', 'c'].map(instance =>
      seriesOf('build_info', { instance, version: instance === 'c' ? 'v2' : 'v10' }, 60_000, () => 1),
    ),
    ...places.map(labels =>
      seriesOf('target_info', { ...labels, zone: labels.instance === 'a' ? 'north' : 'south' }, 60_000, () => 1),
    ),
  ];
}
