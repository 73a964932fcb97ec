import type { ServicesAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchServices } from '../api-client.js';
import { usePageRange } from '../page-range.js';

const growingPollMs = 2000;

/** Where one service has just come, others may be about to. */
const youngMs = 60_000;

function isGrowing({ services }: ServicesAnswer, nowMs: number): boolean {
  return services.length === 0 || services.some(({ versionSince }) => nowMs - (versionSince ?? 0) < youngMs);
}

/** Every service of the page's range and environment. While there is none, or one has just come, it looks again every two seconds. */
export function useServices(): UseQueryResult<ServicesAnswer> {
  const { params, range, compared } = usePageRange();
  const cmpFrom = compared?.fromMs;
  const cmpTo = compared?.toMs;
  return useQuery({
    queryKey: [
      'services',
      params.from,
      params.to,
      params.env ?? '',
      ...(compared === undefined ? [] : [cmpFrom, cmpTo]),
    ],
    queryFn: ({ client, queryKey, signal }) => {
      // A live range that shows nothing yet is asked for again as of now, or what arrives would never be in it.
      const isAgain = range.kind !== 'fixed' && client.getQueryData(queryKey) !== undefined;
      const to = isAgain ? Math.max(params.to, Date.now()) : params.to;
      return fetchServices({ ...params, to, cmpFrom, cmpTo }, signal);
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data !== undefined && range.kind !== 'fixed' && isGrowing(state.data, Date.now()) ? growingPollMs : false,
  });
}
