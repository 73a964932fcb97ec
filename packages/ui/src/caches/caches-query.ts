import type { CachesAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Caches of the page's range and environment; `system` narrows them to one kind. */
export function useCaches(system: string | undefined): UseQueryResult<CachesAnswer> {
  const { params } = usePageRange();
  const asked = { ...params, system };
  return useQuery({
    queryKey: ['caches', asked],
    queryFn: ({ signal }) => fetchJson<CachesAnswer>(apiUrl('/caches', asked), { signal }),
    placeholderData: keepPreviousData,
  });
}
