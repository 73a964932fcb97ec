import type { OverviewAnswer, ServiceChartsAnswer } from '@bellwether/model';
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { fetchOverview, fetchServiceCharts } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Every panel of a service's page; while it is opened, and with `chartsFirst`, its charts alone. */
type Overview = {
  readonly query: UseQueryResult<ServiceChartsAnswer>;
  readonly whole: OverviewAnswer | undefined;
};

/** The answer before stays in sight, but never that of another service. With `chartsFirst` the rest is asked for when `isPainted` tells that the charts are in sight. */
export function useOverview(service: string, chartsFirst: boolean, isPainted: boolean): Overview {
  const { params, compared } = usePageRange();
  const asked = { ...params, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs };
  const name = [service, params.from, params.to, params.env ?? '', asked.cmpFrom ?? 0, asked.cmpTo ?? 0];
  const client = useQueryClient();
  const charts = {
    queryKey: ['service charts', ...name],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => fetchServiceCharts(service, asked, signal),
  };
  const begun = client.getQueryState<ServiceChartsAnswer>(charts.queryKey);
  // Of a service without requests only the whole says what it does instead.
  const hasCharts = begun?.status !== 'error' && begun?.data?.totals.requests !== 0;
  const whole = useQuery<OverviewAnswer>({
    queryKey: ['overview', ...name],
    queryFn: ({ signal }) => fetchOverview(service, asked, signal),
    // All panels are an eightfold work: on a small machine they would hold up the charts, and whoever draws them.
    enabled: !chartsFirst || isPainted || !hasCharts,
    placeholderData: before => (before?.service === service ? before : undefined),
  });
  const first = useQuery<ServiceChartsAnswer>({ ...charts, enabled: chartsFirst && whole.data === undefined });
  return { query: chartsFirst && hasCharts && whole.isPending ? first : whole, whole: whole.data };
}
