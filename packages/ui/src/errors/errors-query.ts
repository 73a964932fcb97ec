import type { ErrorAnswer, ErrorEventAnswer, ErrorsAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchError, fetchErrorEvent, fetchErrors } from '../api-client.js';
import { firstSizes } from '../early/first-questions.js';
import { usePageRange } from '../page-range.js';

/** The errors of the page's range and environment; `service`, `q` and `state` narrow them. */
export function useErrors(
  service: string | undefined,
  q: string,
  state: string | undefined,
): UseQueryResult<ErrorsAnswer> {
  const { params } = usePageRange();
  return useQuery({
    queryKey: ['errors', params.from, params.to, params.env ?? '', service ?? '', q, state ?? ''],
    queryFn: ({ signal }) => fetchErrors({ ...params, service, q, state, limit: firstSizes.errors }, signal),
    placeholderData: keepPreviousData,
  });
}

/** One error with one of its events: `event`, or the newest. */
export function useErrorEvent(id: string, event: string | undefined): UseQueryResult<ErrorEventAnswer> {
  const { params } = usePageRange();
  return useQuery<ErrorEventAnswer>({
    queryKey: ['error', id, 'event', params.from, params.to, params.env ?? '', event ?? ''],
    queryFn: ({ signal }) => fetchErrorEvent(id, { ...params, event }, signal),
    placeholderData: before => (before?.error.id === id ? before : undefined),
  });
}

/** All that is known of an error, whichever of its events is shown; asked for once `mayAsk`. */
export function useError(id: string, mayAsk: boolean): UseQueryResult<ErrorAnswer> {
  const { params } = usePageRange();
  return useQuery<ErrorAnswer>({
    queryKey: ['error', id, params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) => fetchError(id, params, signal),
    enabled: mayAsk,
    placeholderData: before => (before?.error.id === id ? before : undefined),
  });
}
