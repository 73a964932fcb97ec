import { type Json, isObject, fieldOf, listOf, objectOf, textOf } from '../json/json.js';

/** A series of `query` or `query_range`: pairs of seconds and value. */
export interface PrometheusSeries {
  readonly labels: ReadonlyMap<string, string>;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface PrometheusAnswer {
  readonly kind: 'matrix' | 'vector' | 'scalar' | 'string';
  readonly series: readonly PrometheusSeries[];
  /** Samples that are native histograms: they are no numbers that a panel can draw. */
  readonly histograms: number;
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
    return { kind, series, histograms: 0, remarks };
  }
  if (kind !== 'matrix' && kind !== 'vector') return undefined;
  let histograms = 0;
  const series: PrometheusSeries[] = [];
  for (const one of listOf(data, 'result').slice(0, maxSeries)) {
    if (!isObject(one)) continue;
    const samples =
      kind === 'matrix'
        ? listOf(one, 'values')
        : fieldOf(one, 'value') === undefined
          ? []
          : [fieldOf(one, 'value') ?? null];
    histograms +=
      kind === 'matrix' ? listOf(one, 'histograms').length : fieldOf(one, 'histogram') === undefined ? 0 : 1;
    const labels = new Map<string, string>();
    for (const [name, value] of Object.entries(objectOf(one, 'metric')))
      if (typeof value === 'string') labels.set(name, value);
    if (samples.length > 0) series.push(seriesOf(labels, samples));
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

/** Values come as text: `NaN`, `+Inf`. */
function readValue(value: Json | undefined): number {
  if (value === '+Inf' || value === 'Inf') return Infinity;
  if (value === '-Inf') return -Infinity;
  return Number(value);
}
