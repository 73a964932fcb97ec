import type { DeploysAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchDeploys } from './api-client.js';
import { usePageRange } from './page-range.js';
import type { Interval } from './time-range.js';

export type Deploy = DeploysAnswer['deploys'][number];

const minuteMs = 60_000;

/** The deploys of all services in a stretch of time, the newest first. They are known by the minute, and asked for no more often. */
export function useDeploys({ fromMs, toMs }: Interval, enabled = true): UseQueryResult<readonly Deploy[]> {
  const { env } = usePageRange();
  const from = Math.floor(fromMs / minuteMs) * minuteMs;
  const to = Math.ceil(toMs / minuteMs) * minuteMs;
  return useQuery({
    queryKey: ['deploys', from, to, env ?? ''],
    queryFn: async ({ signal }) => (await fetchDeploys({ from, to, env }, signal)).deploys,
    enabled,
    placeholderData: keepPreviousData,
    staleTime: minuteMs,
  });
}
