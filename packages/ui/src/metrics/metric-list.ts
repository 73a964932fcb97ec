import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { usePageRange } from '../page-range.js';
import {
  fetchLabelValues,
  fetchMetadata,
  fetchSeriesCounts,
  type MetricMetadata,
  type SeriesCounts,
} from '../prometheus-client.js';

/** A metric as the list shows it. `series` is undefined where it is not counted. */
export type MetricEntry = MetricMetadata & { readonly name: string; readonly series: number | undefined };

/** More names than this are cut off by the server; the search asks for what it looks for. */
const mostNames = 20_000;
const countedMetrics = 1000;
/** Names change slowly: the list need not follow every refresh. */
const steadyMs = 60_000;

/** The names of the metrics that have samples in the page's range. */
export function useMetricNames(): UseQueryResult<readonly string[]> {
  const { fromMs, toMs } = usePageRange();
  const from = Math.floor(fromMs / steadyMs) * steadyMs;
  const to = Math.ceil(toMs / steadyMs) * steadyMs;
  return useQuery({
    queryKey: ['metric-names', from, to],
    queryFn: ({ signal }) => fetchLabelValues('__name__', { fromMs: from, toMs: to, limit: mostNames }, signal),
    placeholderData: keepPreviousData,
  });
}

/** Type, unit and help of every metric. */
export function useMetadata(): UseQueryResult<ReadonlyMap<string, MetricMetadata>> {
  return useQuery({
    queryKey: ['metric-metadata'],
    queryFn: ({ signal }) => fetchMetadata(signal),
    staleTime: steadyMs,
    meta: { quiet: true },
  });
}

/** How many series each metric has, and how many values each label. */
export function useSeriesCounts(): UseQueryResult<SeriesCounts> {
  return useQuery({
    queryKey: ['series-counts'],
    queryFn: ({ signal }) => fetchSeriesCounts(countedMetrics, signal),
    staleTime: steadyMs,
    meta: { quiet: true },
  });
}

const nothingKnown: MetricMetadata = { type: '', help: '', unit: '' };

/** What is known of a metric; of the parts of a histogram or summary, what is known of the whole. */
export function metadataOf(name: string, metadata: ReadonlyMap<string, MetricMetadata> | undefined): MetricMetadata {
  const base = name.replace(/_(bucket|sum|count|total|created)$/, '');
  return metadata?.get(name) ?? metadata?.get(base) ?? nothingKnown;
}

/**
 * The metrics that match what is typed, each word of it somewhere in name, type, unit or help; the shortest names that
 * begin with it first.
 */
export function searchMetrics(
  names: readonly string[],
  typed: string,
  metadata: ReadonlyMap<string, MetricMetadata> | undefined,
  counts: ReadonlyMap<string, number>,
): readonly MetricEntry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = names.flatMap((name): readonly MetricEntry[] => {
    const known = metadataOf(name, metadata);
    const text = `${name} ${known.type} ${known.unit} ${known.help}`.toLowerCase();
    return words.every(word => text.includes(word)) ? [{ ...known, name, series: counts.get(name) }] : [];
  });
  const [first] = words;
  if (first === undefined) return found;
  const rank = ({ name }: MetricEntry): number =>
    name.toLowerCase().startsWith(first) ? 0 : name.toLowerCase().includes(first) ? 1 : 2;
  return found.toSorted((a, b) => rank(a) - rank(b));
}
