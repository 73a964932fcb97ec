import type { DifferenceAnswer } from '@bellwether/model';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchDifference } from '../api-client.js';
import { usePageRange } from '../page-range.js';
import { comparedInterval, type Interval } from '../time-range.js';

/** What is compared with what. */
export type DifferenceQuestion = {
  readonly signal: 'spans' | 'logs';
  /** What is looked at, in the search language. */
  readonly q: string;
  /** Which of it is asked about; '' for all of the time or the error. */
  readonly selected: string;
  /** A stretch of the page's range. */
  readonly window: Interval | undefined;
  /** `prev`, `day` or `week` before the selected time, or as long before a deploy (`cmp` of pages); undefined for the rest of the range. */
  readonly against: string | undefined;
  /** The id of an error. */
  readonly error: string | undefined;
};

/** Without a selection there is nothing to ask. */
export function isSelection({ selected, window, against, error }: DifferenceQuestion): boolean {
  return selected.trim() !== '' || window !== undefined || against !== undefined || error !== undefined;
}

/** The comparison within the page's range. An answer stays in sight only while the question is the same but for the time. */
export function useDifference(question: DifferenceQuestion, enabled = true): UseQueryResult<DifferenceAnswer> {
  const { params } = usePageRange();
  const { signal, q, selected, window, against, error } = question;
  const before = comparedInterval(against, window ?? { fromMs: params.from, toMs: params.to });
  const asked = [signal, q, selected, error ?? '', against ?? '', params.env ?? ''] as const;
  return useQuery<DifferenceAnswer>({
    queryKey: ['difference', ...asked, params.from, params.to, window?.fromMs ?? 0, window?.toMs ?? 0],
    queryFn: ({ signal: abort }) =>
      fetchDifference(
        {
          ...params,
          signal,
          q,
          selected,
          error,
          selectedFrom: window?.fromMs,
          selectedTo: window?.toMs,
          beforeFrom: before?.fromMs,
          beforeTo: before?.toMs,
        },
        abort,
      ),
    enabled: enabled && isSelection(question),
    placeholderData: (answer, last) =>
      last !== undefined && asked.every((part, i) => last.queryKey[i + 1] === part) ? answer : undefined,
    retry: false,
  });
}
