import { type Json, isObject, fieldOf, listOf, objectOf, textOf } from '../json/json.js';

/** A series of `query` or `query_range`: pairs of seconds and value. */
export interface PrometheusSeries {
  readonly labels: ReadonlyMap<string, string>;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

/** What lies in a stretch of values. Bounds may be infinite. */
export interface Bucket {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** A series whose samples are native histograms. */
export interface HistogramSeries {
  readonly labels: ReadonlyMap<string, string>;
  readonly samples: readonly { readonly timeMs: number; readonly buckets: readonly Bucket[] }[];
}

export interface PrometheusAnswer {
  readonly kind: 'matrix' | 'vector' | 'scalar' | 'string';
  readonly series: readonly PrometheusSeries[];
  readonly histograms: readonly HistogramSeries[];
  /** What the engine remarks: `warnings`, then `infos`. */
  readonly remarks: readonly string[];
}

const maxSeries = 10_000;

/** Reads the body of an answer of the Prometheus API. Undefined: it is none. */
export function readPrometheusAnswer(body: Json): PrometheusAnswer | undefined {
  if (!isObject(body) || textOf(body, 'status') !== 'success') return undefined;
  const data = objectOf(body, 'data');
  const kind = textOf(data, 'resultType');
  const remarks = [...listOf(body, 'warnings'), ...listOf(body, 'infos')].filter(one => typeof one === 'string');
  if (kind === 'scalar' || kind === 'string') {
    const pair = fieldOf(data, 'result');
    const series = Array.isArray(pair) ? [seriesOf(new Map(), [pair])] : [];
    return { kind, series, histograms: [], remarks };
  }
  if (kind !== 'matrix' && kind !== 'vector') return undefined;
  const histograms: HistogramSeries[] = [];
  const series: PrometheusSeries[] = [];
  for (const one of listOf(data, 'result').slice(0, maxSeries)) {
    if (!isObject(one)) continue;
    const samples =
      kind === 'matrix'
        ? listOf(one, 'values')
        : fieldOf(one, 'value') === undefined
          ? []
          : [fieldOf(one, 'value') ?? null];
    const wide =
      kind === 'matrix'
        ? listOf(one, 'histograms')
        : fieldOf(one, 'histogram') === undefined
          ? []
          : [fieldOf(one, 'histogram') ?? null];
    const labels = new Map<string, string>();
    for (const [name, value] of Object.entries(objectOf(one, 'metric')))
      if (typeof value === 'string') labels.set(name, value);
    if (samples.length > 0) series.push(seriesOf(labels, samples));
    if (wide.length > 0) histograms.push({ labels, samples: wide.flatMap(histogramOf) });
  }
  return { kind, series, histograms, remarks };
}

function seriesOf(labels: ReadonlyMap<string, string>, samples: readonly Json[]): PrometheusSeries {
  const timesMs: number[] = [];
  const values: number[] = [];
  for (const sample of samples) {
    if (!Array.isArray(sample)) continue;
    timesMs.push(Math.round(Number(sample[0]) * 1000));
    values.push(readValue(sample[1]));
  }
  return { labels, timesMs, values };
}

/** A pair of seconds and `{count, sum, buckets: [[boundary, low, high, count], …]}`. */
function histogramOf(sample: Json): HistogramSeries['samples'] {
  if (!Array.isArray(sample)) return [];
  const [seconds, histogram] = sample;
  if (histogram === undefined || !isObject(histogram)) return [];
  const buckets = listOf(histogram, 'buckets').flatMap((bucket): Bucket[] =>
    Array.isArray(bucket)
      ? [{ low: readValue(bucket[1]), high: readValue(bucket[2]), count: readValue(bucket[3]) }]
      : [],
  );
  return [{ timeMs: Math.round(Number(seconds) * 1000), buckets }];
}

/** Values come as text: `NaN`, `+Inf`. */
function readValue(value: Json | undefined): number {
  if (value === '+Inf' || value === 'Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  return Number(value);
}
