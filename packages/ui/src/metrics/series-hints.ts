import type { QueryClient } from '@tanstack/react-query';
import type { Interval } from '../time-range.js';
import {
  fetchLabelNames,
  fetchLabelValues,
  fetchMetadata,
  fetchSeries,
  type Labels,
  type LabelQuery,
} from '../prometheus-client.js';
import { selectorOf } from './first-query.js';
import { labelText } from './series-names.js';

/** A condition that the editor has read so far. */
type HintMatcher = { readonly type: number | string; readonly name: string; readonly value: string };

/** What completion asks for; the shape is codemirror-promql's. */
export type SeriesHints = {
  labelNames(metric?: string): Promise<string[]>;
  labelValues(label: string, metric?: string, matchers?: HintMatcher[]): Promise<string[]>;
  metricMetadata(): Promise<Record<string, { type: string; help: string }[]>>;
  series(metric: string, matchers?: HintMatcher[], label?: string): Promise<Map<string, string>[]>;
  metricNames(prefix?: string): Promise<string[]>;
  flags(): Promise<Record<string, string>>;
};

/** Answers are kept for a while: each letter typed asks again. */
const keptMs = 60_000;
const mostValues = 10_000;
const mostSeries = 1000;

/** Completion from our own API, within the range of the page. What cannot be had completes nothing. */
export function seriesHints(client: QueryClient, range: () => Interval): SeriesHints {
  function query(metric: string | undefined, limit: number): LabelQuery {
    const { fromMs, toMs } = range();
    return {
      fromMs: Math.floor(fromMs / keptMs) * keptMs,
      toMs: Math.ceil(toMs / keptMs) * keptMs,
      limit,
      ...(metric !== undefined && metric !== '' && { match: [selectorOf(metric)] }),
    };
  }

  async function kept<Answer>(
    key: string,
    asked: LabelQuery | undefined,
    fetch: (signal: AbortSignal) => Promise<Answer>,
    otherwise: Answer,
  ): Promise<Answer> {
    try {
      return await client.fetchQuery({
        queryKey: ['hint', key, asked],
        queryFn: ({ signal }) => fetch(signal),
        staleTime: keptMs,
        retry: false,
        meta: { quiet: true },
      });
    } catch {
      return otherwise;
    }
  }

  return {
    async metricNames() {
      const asked = query(undefined, mostValues);
      return [...(await kept('__name__', asked, signal => fetchLabelValues('__name__', asked, signal), []))];
    },
    async labelNames(metric) {
      const asked = query(metric, mostValues);
      return [...(await kept('names', asked, signal => fetchLabelNames(asked, signal), []))];
    },
    async labelValues(label, metric) {
      const asked = query(metric, mostValues);
      return [...(await kept(`values ${label}`, asked, signal => fetchLabelValues(label, asked, signal), []))];
    },
    async series(metric) {
      const asked = query(metric, mostSeries);
      const found = await kept('series', asked, signal => fetchSeries(asked, signal), [] as readonly Labels[]);
      return found.map(labels => new Map(Object.entries(labels).map(([name, value]) => [labelText(name), value])));
    },
    async metricMetadata() {
      const found = await kept('metadata', undefined, fetchMetadata, new Map());
      return Object.fromEntries([...found].map(([name, { type, help }]) => [name, [{ type, help }]]));
    },
    flags: () => Promise.resolve({}),
  };
}
