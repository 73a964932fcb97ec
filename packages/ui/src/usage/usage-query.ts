import type { ActiveUsersAnswer, FunnelAnswer, UsageAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { apiUrl, fetchJson } from '../api-client.js';
import { usePageRange } from '../page-range.js';
import { useUrlState } from '../url-state.js';

/** Of whom the page tells: the tenant and the plan that the URL names. */
export function useUsageScope(): { readonly tenant: string | undefined; readonly plan: string | undefined } {
  const { get } = useUrlState();
  return { tenant: get('tenant'), plan: get('plan') };
}

/** Active people, or tenants, up to the end of the page's range. */
export function useActiveUsers(count: 'users' | 'tenants'): UseQueryResult<ActiveUsersAnswer> {
  const { params } = usePageRange();
  const asked = { ...useUsageScope(), to: params.to, env: params.env, count };
  return useQuery({
    queryKey: ['active-users', asked],
    queryFn: ({ signal }) => fetchJson<ActiveUsersAnswer>(apiUrl('/active-users', asked), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** What is used how often, in the page's range. */
export function useUsage(): UseQueryResult<UsageAnswer> {
  const { params } = usePageRange();
  const asked = { ...useUsageScope(), ...params };
  return useQuery({
    queryKey: ['usage', asked],
    queryFn: ({ signal }) => fetchJson<UsageAnswer>(apiUrl('/usage', asked), { signal }),
    placeholderData: keepPreviousData,
  });
}

/** How a funnel is asked for. */
export type FunnelQuestion = {
  readonly steps: readonly string[];
  readonly windowSeconds: number;
  readonly by: 'plan' | 'tenant' | undefined;
};

/** How many people went through the steps, in the page's range; nothing is asked with fewer than two. */
export function useFunnel({ steps, windowSeconds, by }: FunnelQuestion): UseQueryResult<FunnelAnswer> {
  const { params } = usePageRange();
  const asked = { ...useUsageScope(), ...params, steps: steps.join(','), windowSeconds, by };
  return useQuery({
    queryKey: ['funnel', asked],
    queryFn: ({ signal }) => fetchJson<FunnelAnswer>(apiUrl('/funnel', asked), { signal }),
    placeholderData: keepPreviousData,
    enabled: steps.length >= 2,
  });
}
