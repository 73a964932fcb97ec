import { keepPreviousData, useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { usePageRange } from '../page-range.js';
import { queryInstant, queryRange, type QueryResult, type RangeQuery } from '../prometheus-client.js';
import type { MetricQuery } from './query-list.js';
import { stepsIn } from './step.js';

/** One query and how far its answer is. */
export type AskedQuery = { readonly query: MetricQuery; readonly result: UseQueryResult<QueryResult> };

export type RangeAnswers = {
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  readonly now: readonly AskedQuery[];
  /** The earlier period in the same order, empty without one; `beforeShiftMs` moves its samples to now. */
  readonly before: readonly AskedQuery[];
  readonly beforeShiftMs: number;
};

/** The queries over the page's range, and over the earlier period when the page compares. */
export function useRangeAnswers(queries: readonly MetricQuery[], stepMs: number): RangeAnswers {
  const { fromMs, toMs, compared } = usePageRange();
  const stepsMs = useMemo(() => stepsIn({ fromMs, toMs }, stepMs), [fromMs, toMs, stepMs]);
  const first = stepsMs[0] ?? fromMs;
  const last = stepsMs.at(-1) ?? toMs;
  // Whole steps back, so that the earlier samples stand at the steps of now.
  const shiftMs = compared === undefined ? 0 : Math.round((fromMs - compared.fromMs) / stepMs) * stepMs;
  const now = useQueries({
    queries: queries.map(({ expr }) => rangeOptions({ expr, fromMs: first, toMs: last, stepMs })),
  });
  const before = useQueries({
    queries:
      compared === undefined
        ? []
        : queries.map(({ expr }) => rangeOptions({ expr, fromMs: first - shiftMs, toMs: last - shiftMs, stepMs })),
  });
  const asked = (results: readonly UseQueryResult<QueryResult>[]): readonly AskedQuery[] =>
    queries.flatMap((query, index) => {
      const result = results[index];
      return result === undefined ? [] : [{ query, result }];
    });
  return { stepsMs, stepMs, now: asked(now), before: asked(before), beforeShiftMs: shiftMs };
}

/** The queries at the end of the page's range. */
export function useInstantAnswers(queries: readonly MetricQuery[]): readonly AskedQuery[] {
  const { toMs } = usePageRange();
  const results = useQueries({
    queries: queries.map(({ expr }) => ({
      queryKey: ['query', expr, toMs],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) => queryInstant(expr, toMs, signal),
      placeholderData: keepPreviousData,
    })),
  });
  return queries.flatMap((query, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ query, result }];
  });
}

function rangeOptions(query: RangeQuery): {
  readonly queryKey: readonly unknown[];
  queryFn(context: { readonly signal: AbortSignal }): Promise<QueryResult>;
  readonly placeholderData: typeof keepPreviousData;
} {
  return {
    queryKey: ['query-range', query.expr, query.fromMs, query.toMs, query.stepMs],
    queryFn: ({ signal }) => queryRange(query, signal),
    placeholderData: keepPreviousData,
  };
}
