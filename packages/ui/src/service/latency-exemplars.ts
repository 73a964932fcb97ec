import { useQuery } from '@tanstack/react-query';
import { fetchTraceSamples } from '../api-client.js';
import type { ExemplarPoint } from '../charts/exemplars.js';
import { usePageRange } from '../page-range.js';

const diamonds = 24;
const none: readonly ExemplarPoint[] = [];

/** The slowest request of each of some two dozen steps of the range, each of which opens its trace; none until `mayAsk`. */
export function useLatencyExemplars(q: string, mayAsk: boolean): readonly ExemplarPoint[] {
  const { params } = usePageRange();
  const { data } = useQuery({
    queryKey: ['trace-samples', q, params.from, params.to, params.env ?? '', diamonds],
    queryFn: ({ signal }) => fetchTraceSamples({ ...params, q, steps: diamonds, only: 'steps' }, signal),
    select: ({ slowestOfSteps }): readonly ExemplarPoint[] =>
      slowestOfSteps.map(({ timeMs, durationMs, traceId, spanId }) => ({ timeMs, value: durationMs, traceId, spanId })),
    enabled: mayAsk,
    placeholderData: (before, last) => (last?.queryKey[1] === q ? before : undefined),
  });
  return data ?? none;
}
