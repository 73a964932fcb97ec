import type { FindingActs, FindingAnswer, FindingsAnswer, TraceFindingsAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { firstSizes } from '../early/first-questions.js';
import { usePageRange } from '../page-range.js';
import { useActsOf, type Acts } from '../parts/use-acts.js';

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

/** Says the same of several findings, of all or none. */
function actOnFindings(acts: FindingActs): Promise<unknown> {
  return fetchJson(apiUrl('/findings/acts'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(acts),
  });
}

/** What is done with findings. */
export function useFindingActs(): Acts<FindingActs> {
  return useActsOf(actOnFindings, ['finding', 'findings']);
}
