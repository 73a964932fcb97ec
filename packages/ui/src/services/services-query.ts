import type { ServicesAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchServices } from '../api-client.js';
import { usePageRange } from '../page-range.js';

const emptyPollMs = 2000;

/** Every service of the page's range and environment. While there is none it looks again every two seconds. */
export function useServices(): UseQueryResult<ServicesAnswer> {
  const { params, range } = usePageRange();
  return useQuery({
    queryKey: ['services', params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) => {
      // A live range that shows nothing yet is asked for as of now, or what arrives would never be in it.
      const to = range.kind === 'fixed' ? params.to : Math.max(params.to, Date.now());
      return fetchServices({ ...params, to }, signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: query => (query.state.data?.services.length === 0 && range.kind !== 'fixed' ? emptyPollMs : false),
  });
}
