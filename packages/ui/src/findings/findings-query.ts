import type { FindingAnswer, FindingsAnswer, TraceFindingsAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { firstSizes } from '../early/first-questions.js';
import { usePageRange } from '../page-range.js';

export interface FindingsFilter {
  readonly service: string | undefined;
  readonly kind: string | undefined;
  readonly state: string | undefined;
  readonly q: string;
}

/** The findings of the page's range and environment. */
export function useFindings(filter: FindingsFilter): UseQueryResult<FindingsAnswer> {
  const { params } = usePageRange();
  const { service, kind, state, q } = filter;
  return useQuery({
    queryKey: ['findings', params.from, params.to, params.env ?? '', service ?? '', kind ?? '', state ?? '', q],
    queryFn: ({ signal }) =>
      fetchJson<FindingsAnswer>(apiUrl('/findings', { ...params, ...filter, limit: firstSizes.findings }), { signal }),
    placeholderData: keepPreviousData,
  });
}

export function useFinding(id: string): UseQueryResult<FindingAnswer> {
  const { params } = usePageRange();
  return useQuery<FindingAnswer>({
    queryKey: ['finding', id, params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) =>
      fetchJson<FindingAnswer>(apiUrl(`/findings/${encodeURIComponent(id)}`, params), { signal }),
    placeholderData: before => (before?.finding.id === id ? before : undefined),
  });
}

/** What was found in one trace. */
export function useTraceFindings(traceId: string): UseQueryResult<TraceFindingsAnswer> {
  return useQuery({
    queryKey: ['trace-findings', traceId],
    queryFn: ({ signal }) =>
      fetchJson<TraceFindingsAnswer>(apiUrl(`/traces/${encodeURIComponent(traceId)}/findings`), { signal }),
  });
}

export function decideFinding(id: string, state: 'open' | 'resolved' | 'ignored'): Promise<unknown> {
  return fetchJson(apiUrl(`/findings/${encodeURIComponent(id)}/state`), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
}
