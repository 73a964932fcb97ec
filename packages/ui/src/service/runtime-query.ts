import type { RuntimeAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** The processes of a service in the page's range and environment. */
export function useRuntime(service: string): UseQueryResult<RuntimeAnswer> {
  const { params } = usePageRange();
  return useQuery({
    queryKey: ['runtime', service, params],
    queryFn: ({ signal }) =>
      fetchJson<RuntimeAnswer>(apiUrl(`/services/${encodeURIComponent(service)}/runtime`, params), { signal }),
    placeholderData: keepPreviousData,
  });
}
