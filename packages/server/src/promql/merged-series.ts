import { type RawSeries, labelsKey } from '@bellwether/promql';

/**
 * Series with the same labels made one: two of OpenTelemetry may differ only in what Prometheus' form does not show, such as the version of a scope
 * or a resource without `service.instance.id`. Of samples at one time that of the later series stays.
 */
export function mergedSeries(series: readonly RawSeries[]): readonly RawSeries[] {
  const known = new Map<string, RawSeries[]>();
  for (const one of series) {
    const key = labelsKey(one.labels);
    const same = known.get(key);
    if (same === undefined) known.set(key, [one]);
    else same.push(one);
  }
  return known.size === series.length ? series : Array.from(known.values(), ofAll);
}

/** In pairs, the pairs in pairs again: a thousand series of a thousand restarts are not gone through a thousand times. */
function ofAll(same: readonly RawSeries[]): RawSeries {
  let left = same;
  while (left.length > 1) {
    const pairs: RawSeries[] = [];
    for (let at = 0; at < left.length; at += 2) {
      const later = left[at + 1];
      pairs.push(later === undefined ? left[at]! : ofTwo(left[at]!, later));
    }
    left = pairs;
  }
  return left[0]!;
}

function ofTwo(a: RawSeries, b: RawSeries): RawSeries {
  const floats = order(a.timesMs, b.timesMs);
  const values = new Float64Array(floats.timesMs.length);
  const words = wordsOf(values);
  const [first, second] = [wordsOf(a.values), wordsOf(b.values)];
  for (let to = 0; to < values.length; to++) {
    // As integers: a stale marker is a NaN with bits of its own.
    const from = floats.isSecond[to] === 1 ? second : first;
    const at = floats.at[to]!;
    words[to * 2] = from[at * 2]!;
    words[to * 2 + 1] = from[at * 2 + 1]!;
  }
  const histograms = order(a.histogramTimesMs, b.histogramTimesMs);
  return {
    labels: a.labels,
    timesMs: floats.timesMs,
    values,
    histogramTimesMs: histograms.timesMs,
    histograms: Array.from(histograms.at, (at, to) => (histograms.isSecond[to] === 1 ? b : a).histograms[at]!),
  };
}

/** Which sample of which list comes next. */
interface Order {
  readonly timesMs: Float64Array;
  readonly isSecond: Uint8Array;
  readonly at: Uint32Array;
}

/** Both lists in the order of time; where both have one, the second's. */
function order(a: Float64Array, b: Float64Array): Order {
  const timesMs = new Float64Array(a.length + b.length);
  const isSecond = new Uint8Array(timesMs.length);
  const at = new Uint32Array(timesMs.length);
  let taken = 0;
  for (let i = 0, k = 0; i < a.length || k < b.length; taken++) {
    const first = a[i] ?? Infinity;
    const second = b[k] ?? Infinity;
    timesMs[taken] = Math.min(first, second);
    if (first < second) at[taken] = i++;
    else {
      if (first === second) i++;
      isSecond[taken] = 1;
      at[taken] = k++;
    }
  }
  return { timesMs: timesMs.subarray(0, taken), isSecond, at: at.subarray(0, taken) };
}

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
