import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, dashboard, figure, query, stacked } from './panels.js';

const added = (metric: string, by: string): string => `sum by (${by}) (increase(${metric}[$__rate_interval]))`;

/** R3: revenue, acquisitions, partners, orders, payments and activity, by the names that the metrics are sent under. */
export function business(): DashboardBuilder {
  return dashboard(
    'bellwether-business',
    'Business metrics',
    'Orders, payments, revenue, acquisitions, partners and activity, from the counters that services send. A panel stays empty until its metric is sent.',
  )
    .time({ from: 'now-24h', to: 'now' })
    .withRow(new RowBuilder('Now'))
    .withPanel(
      figure(
        { title: 'Orders, 24 h', description: 'Orders created in the last 24 hours.', unit: 'short', width: 6 },
        'sum(increase(orders_created_total[24h]))',
      ),
    )
    .withPanel(
      figure(
        { title: 'Payments that succeeded, 24 h', description: 'Share of payments.', unit: 'percentunit', width: 6 },
        'sum(increase(payments_processed_total{status=~"success|succeeded|completed"}[24h])) / sum(increase(payments_processed_total[24h]))',
      ),
    )
    .withPanel(
      figure(
        { title: 'Revenue, 24 h', description: 'In US dollars, as services report it.', unit: 'currencyUSD', width: 6 },
        'sum(increase(dotmac_revenue_total_usd[24h]))',
      ),
    )
    .withPanel(
      figure(
        { title: 'Monthly recurring revenue', description: 'The last value reported.', unit: 'currencyUSD', width: 6 },
        'max(business_revenue_mrr)',
      ),
    )
    .withRow(new RowBuilder('Orders and payments'))
    .withPanel(
      stacked({ title: 'Orders by channel', description: 'Orders created.', unit: 'short', width: 12 }, [
        query(added('orders_created_total', 'channel'), '{{channel}}'),
      ]),
    )
    .withPanel(
      stacked(
        { title: 'Payments by provider and status', description: 'Payments processed.', unit: 'short', width: 12 },
        [query(added('payments_processed_total', 'provider, status'), '{{provider}} {{status}}')],
      ),
    )
    .withPanel(
      chart({ title: 'Payment time, p95', description: 'By provider.', unit: 's', width: 12 }, [
        query(
          'histogram_quantile(0.95, sum by (le, provider) (rate(payment_processing_duration_seconds_bucket[$__rate_interval])))',
          '{{provider}}',
        ),
      ]),
    )
    .withPanel(
      stacked({ title: 'Product views by channel', description: 'Views of products.', unit: 'short', width: 12 }, [
        query(added('product_views_total', 'channel'), '{{channel}}'),
      ]),
    )
    .withRow(new RowBuilder('Revenue and acquisitions'))
    .withPanel(
      stacked({ title: 'Revenue by kind', description: 'In US dollars.', unit: 'currencyUSD', width: 12 }, [
        query(added('dotmac_revenue_total_usd', 'revenue_type'), '{{revenue_type}}'),
      ]),
    )
    .withPanel(
      stacked(
        {
          title: 'Customers',
          description: 'Events of their life cycle: acquired, upgraded, churned.',
          unit: 'short',
          width: 12,
        },
        [
          query(added('dotmac_customer_lifecycle_events_total', 'event_type'), '{{event_type}}'),
          query(added('business_user_registration_total', 'plan'), 'registered {{plan}}'),
        ],
      ),
    )
    .withRow(new RowBuilder('Partners'))
    .withPanel(
      chart({ title: 'Partner performance', description: 'Score of each partner.', unit: 'short', width: 12 }, [
        query('max by (partner_id) (dotmac_partner_performance_score)', '{{partner_id}}'),
      ]),
    )
    .withPanel(
      stacked({ title: 'Revenue by partner', description: 'In US dollars.', unit: 'currencyUSD', width: 12 }, [
        query(`topk(10, ${added('dotmac_revenue_total_usd', 'partner_id')})`, '{{partner_id}}'),
      ]),
    )
    .withRow(new RowBuilder('Activity'))
    .withPanel(
      stacked({ title: 'Use of features', description: 'How often each was used.', unit: 'short', width: 12 }, [
        query(`topk(10, ${added('business_feature_usage_total', 'feature')})`, '{{feature}}'),
      ]),
    )
    .withPanel(
      chart(
        {
          title: 'Requests of tenants',
          description: 'Requests per second, the ten busiest tenants.',
          unit: 'reqps',
          width: 12,
        },
        [
          query(
            'topk(10, sum by (tenant_id) (rate(traces_span_metrics_calls_total{tenant_id!="", span_kind="SPAN_KIND_SERVER"}[$__rate_interval])))',
            '{{tenant_id}}',
          ),
        ],
      ),
    );
}
