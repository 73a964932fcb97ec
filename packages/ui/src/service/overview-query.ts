import type { OverviewAnswer, ServiceChartsAnswer } from '@bellwether/model';
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { fetchOverview, fetchServiceCharts } from '../api-client.js';
import { usePageRange } from '../page-range.js';

/** Every panel of a service's page; while it is opened, and with `chartsFirst`, its charts alone. */
type Overview = {
  readonly query: UseQueryResult<ServiceChartsAnswer>;
  readonly whole: OverviewAnswer | undefined;
};

/** The answer before stays in sight, but never that of another service. */
export function useOverview(service: string, chartsFirst: boolean): Overview {
  const { params, compared } = usePageRange();
  const asked = { ...params, cmpFrom: compared?.fromMs, cmpTo: compared?.toMs };
  const name = [service, params.from, params.to, params.env ?? '', asked.cmpFrom ?? 0, asked.cmpTo ?? 0];
  const client = useQueryClient();
  const charts = {
    queryKey: ['service charts', ...name],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => fetchServiceCharts(service, asked, signal),
  };
  const whole = useQuery<OverviewAnswer>({
    queryKey: ['overview', ...name],
    async queryFn({ signal }) {
      const known = client.getQueriesData({ queryKey: ['overview', service] });
      // All panels are an eightfold work: on a small machine they would hold up the charts, and whoever draws them.
      if (chartsFirst && known.every(([, data]) => data === undefined))
        await client.ensureQueryData(charts).catch(() => undefined);
      return fetchOverview(service, asked, signal);
    },
    placeholderData: before => (before?.service === service ? before : undefined),
  });
  const first = useQuery<ServiceChartsAnswer>({ ...charts, enabled: chartsFirst && whole.data === undefined });
  // Of a service without requests only the whole says what it does instead.
  const isFirst = whole.isPending && first.data !== undefined && first.data.totals.requests > 0;
  return { query: isFirst ? first : whole, whole: whole.data };
}
