import type { ExternalAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Services of others in the page's range and environment; `vendor` narrows all but the list of them. */
export function useExternal(vendor: string | undefined): UseQueryResult<ExternalAnswer> {
  const { params, compared } = usePageRange();
  const asked = { ...params, vendor, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs };
  return useQuery({
    queryKey: ['external', asked],
    queryFn: ({ signal }) => fetchJson<ExternalAnswer>(apiUrl('/external', asked), { signal }),
    placeholderData: keepPreviousData,
  });
}
