import type { OverviewAnswer } from '@bellwether/model';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchOverview } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Every panel of a service's page in one request. The answer before stays in sight, but never that of another service. */
export function useOverview(service: string): UseQueryResult<OverviewAnswer> {
  const { params, compared } = usePageRange();
  const cmpFrom = compared?.fromMs;
  const cmpTo = compared?.toMs;
  return useQuery<OverviewAnswer>({
    queryKey: ['overview', service, params.from, params.to, params.env ?? '', cmpFrom ?? 0, cmpTo ?? 0],
    queryFn: ({ signal }) => fetchOverview(service, { ...params, cmpFrom, cmpTo }, signal),
    placeholderData: before => (before?.service === service ? before : undefined),
  });
}
