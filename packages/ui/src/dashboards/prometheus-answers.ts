import type { PrometheusAnswer } from '@bellwether/dashboards';
import type { Labels, QueryResult } from '../prometheus-client.js';

/** An answer of the Prometheus API in the form that panels read. */
export function panelAnswer({ type, series, text, warnings, infos }: QueryResult): PrometheusAnswer {
  const read = series
    .filter(({ timesMs }) => timesMs.length > 0)
    .map(({ labels, timesMs, values }) => ({ labels: new Map(Object.entries(labels)), timesMs, values }));
  return {
    kind: type,
    series: text === undefined ? read : [],
    histograms: series
      .filter(({ histograms }) => histograms.length > 0)
      .map(({ labels, histograms }) => ({
        labels: new Map(Object.entries(labels)),
        samples: histograms.map(({ timeMs, histogram }) => ({
          timeMs,
          buckets: histogram.buckets.map(([, low, high, count]) => ({
            low: boundOf(low),
            high: boundOf(high),
            count: Number(count),
          })),
        })),
      })),
    remarks: [...warnings, ...infos],
  };
}

/** `up{job="api"}`, as Prometheus writes a series. */
export function labelsText(labels: Labels): string {
  const { __name__: metric = '', ...rest } = labels;
  const inside = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return inside.length === 0 && metric !== '' ? metric : `${metric}{${inside.join(',')}}`;
}

function boundOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
