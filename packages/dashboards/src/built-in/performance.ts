import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, choice, dashboard, query } from './panels.js';

const asked = 'service_name=~"$service", span_kind="SPAN_KIND_SERVER"';
const called = 'service_name=~"$service", span_kind="SPAN_KIND_CLIENT"';
const took = (selector: string, by: string): string =>
  `sum by (${by}) (rate(traces_span_metrics_duration_seconds{${selector}}[$__rate_interval]))`;

/** R6: response times beside what they are made of: databases, other services, caches. */
export function performance(): DashboardBuilder {
  return dashboard(
    'bellwether-performance',
    'Performance',
    'Response times beside the databases, services and caches that they wait for.',
  )
    .withVariable(choice('service', 'Service', 'label_values(traces_span_metrics_calls_total, service_name)'))
    .withRow(new RowBuilder('Response times'))
    .withPanel(
      chart({ title: 'Slowest endpoints, p95', description: 'The ten slowest.', unit: 's', width: 12 }, [
        query(
          `topk(10, histogram_quantile(0.95, ${took(asked, 'service_name, span_name')}))`,
          '{{service_name}} {{span_name}}',
        ),
      ]),
    )
    .withPanel(
      chart(
        {
          title: 'Where time goes',
          description: 'Endpoints by the time they take together: requests per second times their mean time.',
          unit: 'short',
          width: 12,
        },
        [query(`topk(10, histogram_sum(${took(asked, 'service_name, span_name')}))`, '{{service_name}} {{span_name}}')],
      ),
    )
    .withPanel(
      chart(
        { title: 'Slow requests', description: 'Over the threshold of the SDK, per second.', unit: 'reqps', width: 12 },
        [
          query(
            'sum by (job, http_route) (rate(http_server_slow_requests_total{job=~"(.*/)?($service)"}[$__rate_interval]))',
            '{{job}} {{http_route}}',
          ),
        ],
      ),
    )
    .withPanel(
      chart({ title: 'Answered within 500 ms', description: 'Share of requests.', unit: 'percentunit', width: 12 }, [
        query(`histogram_fraction(0, 0.5, ${took(asked, 'service_name')})`, '{{service_name}}'),
      ]),
    )
    .withRow(new RowBuilder('Databases, caches and other services'))
    .withPanel(
      chart(
        {
          title: 'Calls by what is called, p95',
          description: 'Databases, queues and services, as the caller sees them.',
          unit: 's',
          width: 12,
        },
        [query(`histogram_quantile(0.95, ${took(called, 'peer')})`, '{{peer}}')],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Time waited for each',
          description: 'Calls that are under way at the same moment, on average.',
          unit: 'short',
          width: 12,
        },
        [query(`histogram_sum(${took(called, 'peer')})`, '{{peer}}')],
      ),
    )
    .withPanel(
      chart({ title: 'Database time, p95', description: 'By system and operation.', unit: 's', width: 12 }, [
        query(
          'histogram_quantile(0.95, sum by (db_system_name, db_operation_name) (rate(db_client_operation_duration_seconds{job=~"(.*/)?($service)"}[$__rate_interval])))',
          '{{db_system_name}} {{db_operation_name}}',
        ),
      ]),
    )
    .withPanel(
      chart(
        {
          title: 'Cache hits',
          description: 'Share of reads that were answered from the cache.',
          unit: 'percentunit',
          width: 12,
        },
        [
          query(
            `sum by (job) (rate(cache_requests_total{job=~"(.*/)?($service)", cache_result="hit"}[$__rate_interval]))
/
sum by (job) (rate(cache_requests_total{job=~"(.*/)?($service)"}[$__rate_interval]))`,
            '{{job}}',
          ),
        ],
      ),
    );
}
