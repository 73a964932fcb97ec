import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, choice, dashboard, query, table } from './panels.js';

const of = 'tenant_id=~"$tenant", tenant_id!="", span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"';
const calls = `sum by (tenant_id) (rate(traces_span_metrics_calls_total{${of}}[$__rate_interval]))`;
const failed = `sum by (tenant_id) (rate(traces_span_metrics_calls_total{${of}, status_code="STATUS_CODE_ERROR"}[$__rate_interval]))`;
const durations = `sum by (tenant_id) (rate(traces_span_metrics_duration_seconds{${of}}[$__rate_interval]))`;
const failedShare = `(${failed} or 0 * ${calls}) / ${calls}`;

/**
 * Out of 100: the score that services report, or else one made of what a tenant's users see: half of it the share of
 * requests that did not fail (99% is nothing left), half the share answered within 500 ms.
 */
const health = `max by (tenant_id) (dotmac_tenant_health_score{tenant_id=~"$tenant"})
or
50 * clamp_min(1 - 100 * ${failedShare}, 0) + 50 * histogram_fraction(0, 0.5, ${durations})`;

/** R5: tenant health scores and activity. */
export function tenants(): DashboardBuilder {
  return dashboard(
    'bellwether-tenants',
    'Tenant monitoring',
    'Health and activity of each tenant (the attribute tenant.id on spans, or setTenant of the SDK).',
  )
    .withVariable(choice('tenant', 'Tenant', 'label_values(traces_span_metrics_calls_total, tenant_id)'))
    .withRow(new RowBuilder('Health'))
    .withPanel(
      table(
        {
          title: 'Tenants',
          description: 'Busiest first. Health: 100 is no failed request, and all within 500 ms.',
          width: 12,
        },
        { tenant_id: 'Tenant' },
        [
          { expr: calls, title: 'Requests', unit: 'reqps' },
          { expr: health, title: 'Health', unit: 'none' },
          { expr: failedShare, title: 'Failed', unit: 'percentunit' },
          { expr: `histogram_quantile(0.95, ${durations})`, title: 'p95', unit: 's' },
        ],
      ),
    )
    .withPanel(
      chart({ title: 'Lowest health', description: 'The ten tenants that fare worst.', unit: 'none', width: 12 }, [
        query(`bottomk(10, ${health})`, '{{tenant_id}}'),
      ])
        .max(100)
        .height(10),
    )
    .withRow(new RowBuilder('Activity'))
    .withPanel(
      chart({ title: 'Requests', description: 'Requests per second, the ten busiest.', unit: 'reqps', width: 8 }, [
        query(`topk(10, ${calls})`, '{{tenant_id}}'),
      ]),
    )
    .withPanel(
      chart({ title: 'Failed requests', description: 'Per second, the ten with most.', unit: 'reqps', width: 8 }, [
        query(`topk(10, ${failed})`, '{{tenant_id}}'),
      ]),
    )
    .withPanel(
      chart({ title: 'p95', description: 'Response time, the ten slowest.', unit: 's', width: 8 }, [
        query(`topk(10, histogram_quantile(0.95, ${durations}))`, '{{tenant_id}}'),
      ]),
    );
}
