import type { MetricsAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { firstSizes } from '../early/first-questions.js';
import { usePageRange } from '../page-range.js';
import { fetchMetrics } from './metrics-api.js';

/** A metric as the list shows it. */
export type MetricEntry = MetricsAnswer['metrics'][number];

export type MetricList = {
  /** By name, in Prometheus' form. */
  readonly metrics: readonly MetricEntry[];
  readonly byName: ReadonlyMap<string, MetricEntry>;
  /** More than the list holds. */
  readonly total: number;
};

/** What one list can hold. */
const mostMetrics = firstSizes.metrics;
/** Metrics come and go slowly: the list need not follow every refresh. */
const steadyMs = 60_000;

/** Every metric that ever came, as of a minute ago at most. */
export function useMetricList(): UseQueryResult<MetricList> {
  const { nowMs } = usePageRange();
  return useQuery({
    queryKey: ['metrics', Math.floor(nowMs / steadyMs)],
    queryFn: async ({ signal }): Promise<MetricList> => {
      const { metrics, total } = await fetchMetrics(mostMetrics, signal);
      const sorted = metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      return { metrics: sorted, byName: new Map(sorted.map(metric => [metric.name, metric])), total };
    },
    placeholderData: keepPreviousData,
  });
}

/** What is known of a metric; of the parts of a histogram or summary, what is known of the whole. */
export function knownMetric(name: string, list: MetricList | undefined): MetricEntry | undefined {
  return list?.byName.get(name) ?? list?.byName.get(name.replace(/_(bucket|sum|count|created)$/, ''));
}

/** Those that had samples in the range, as far as their last one says. */
export function metricsSince(list: MetricList, fromMs: number): readonly MetricEntry[] {
  return list.metrics.filter(({ lastSeen }) => lastSeen >= fromMs);
}

/**
 * The metrics that match what is typed, each word of it somewhere in name, type, unit or help; those whose name begins
 * with it first.
 */
export function searchMetrics(metrics: readonly MetricEntry[], typed: string): readonly MetricEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return metrics;
  const rank = ({ name }: MetricEntry): number => {
    const at = name.toLowerCase().indexOf(first);
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  return metrics
    .filter(({ name, metric, type, unit, help }) => {
      const text = `${name} ${metric} ${type} ${unit} ${help}`.toLowerCase();
      return words.every(word => text.includes(word));
    })
    .toSorted((a, b) => rank(a) - rank(b));
}
