import { type RawSeries, labelsKey } from '@bellwether/promql';

/**
 * Series with the same labels made one: two of OpenTelemetry may differ only in what Prometheus' form does not show, such as the version of a scope
 * or a resource without `service.instance.id`. Of samples at one time that of the later series stays.
 */
export function mergedSeries(series: readonly RawSeries[]): readonly RawSeries[] {
  const known = new Map<string, RawSeries>();
  for (const one of series) {
    const key = labelsKey(one.labels);
    const before = known.get(key);
    known.set(key, before === undefined ? one : merged(before, one));
  }
  return known.size === series.length ? series : [...known.values()];
}

function merged(a: RawSeries, b: RawSeries): RawSeries {
  const floats = order(a.timesMs, b.timesMs);
  const values = new Float64Array(floats.length);
  const timesMs = new Float64Array(floats.length);
  const words = wordsOf(values);
  const from = [wordsOf(a.values), wordsOf(b.values)] as const;
  for (const [to, { isSecond, at, timeMs }] of floats.entries()) {
    timesMs[to] = timeMs;
    // As integers: a stale marker is a NaN with bits of its own.
    const source = from[isSecond ? 1 : 0];
    words[to * 2] = source[at * 2]!;
    words[to * 2 + 1] = source[at * 2 + 1]!;
  }
  const histograms = order(a.histogramTimesMs, b.histogramTimesMs);
  return {
    labels: a.labels,
    timesMs,
    values,
    histogramTimesMs: Float64Array.from(histograms, ({ timeMs }) => timeMs),
    histograms: histograms.map(({ isSecond, at }) => (isSecond ? b : a).histograms[at]!),
  };
}

interface Taken {
  readonly isSecond: boolean;
  readonly at: number;
  readonly timeMs: number;
}

/** Both lists in the order of time; where both have one, the second's. */
function order(a: Float64Array, b: Float64Array): readonly Taken[] {
  const taken: Taken[] = [];
  let i = 0;
  let k = 0;
  while (i < a.length || k < b.length) {
    const first = a[i] ?? Infinity;
    const second = b[k] ?? Infinity;
    if (first < second) taken.push({ isSecond: false, at: i++, timeMs: first });
    else {
      if (first === second) i++;
      taken.push({ isSecond: true, at: k++, timeMs: second });
    }
  }
  return taken;
}

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
