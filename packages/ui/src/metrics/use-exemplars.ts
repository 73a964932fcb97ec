import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ExemplarPoint } from '../charts/exemplars.js';
import { usePageRange } from '../page-range.js';
import { queryExemplars, type Exemplar } from '../prometheus-client.js';
import type { AskedQuery } from './result-query.js';

/** The samples of the queries' series that name a trace. A query whose exemplars cannot be had draws without. */
export function useExemplars(
  asked: readonly AskedQuery[],
  isOn: boolean,
): { readonly points: readonly ExemplarPoint[] } {
  const { fromMs, toMs } = usePageRange();
  const results = useQueries({
    queries: isOn
      ? asked
          .filter(({ result }) => (result.data?.series.length ?? 0) > 0)
          .map(({ query: { expr } }) => ({
            queryKey: ['exemplars', expr, fromMs, toMs],
            queryFn: ({ signal }: { readonly signal: AbortSignal }) => queryExemplars({ expr, fromMs, toMs }, signal),
            retry: false,
            meta: { quiet: true },
          }))
      : [],
    combine: all => ({ answers: all.map(({ data }) => data) }),
  });
  return useMemo(() => ({ points: results.answers.flatMap(answer => (answer ?? []).flatMap(point)) }), [results]);
}

function point({ labels, timeMs, value }: Exemplar): readonly ExemplarPoint[] {
  const traceId = (labels['trace_id'] ?? labels['traceID'] ?? labels['traceId'])?.toLowerCase();
  if (traceId === undefined || !/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/.test(traceId)) return [];
  const spanId = (labels['span_id'] ?? labels['spanID'] ?? labels['spanId'])?.toLowerCase();
  return [
    { timeMs, value, traceId, spanId: spanId !== undefined && /^[0-9a-f]{16}$/.test(spanId) ? spanId : undefined },
  ];
}
