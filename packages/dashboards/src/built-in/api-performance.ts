import { type DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { chart, choice, dashboard, figure, query, stacked, table } from './panels.js';

const asked = 'service_name=~"$service", span_kind=~"SPAN_KIND_SERVER|SPAN_KIND_CONSUMER"';
const calls = `traces_span_metrics_calls_total{${asked}}`;
const failed = `traces_span_metrics_calls_total{${asked}, status_code="STATUS_CODE_ERROR"}`;
const durations = `traces_span_metrics_duration_seconds{${asked}}`;
const rate = (selector: string, by = ''): string =>
  `sum${by === '' ? '' : ` by (${by})`} (rate(${selector}[$__rate_interval]))`;
const errorRatio = (by = ''): string => `(${rate(failed, by)} or 0 * ${rate(calls, by)}) / ${rate(calls, by)}`;
const quantile = (q: number, by = ''): string => `histogram_quantile(${q}, ${rate(durations, by)})`;

/** R1: request rates, error rates, response times, active requests; of every protocol, since it is made from the spans. */
export function apiPerformance(): DashboardBuilder {
  return dashboard(
    'bellwether-api-performance',
    'API performance',
    'Request rates, error rates, response times and active requests of every service. Made from all spans, before any sampling.',
  )
    .withVariable(choice('service', 'Service', 'label_values(traces_span_metrics_calls_total, service_name)'))
    .withRow(new RowBuilder('Now'))
    .withPanel(
      figure(
        { title: 'Requests', description: 'Requests and messages handled per second.', unit: 'reqps', width: 6 },
        rate(calls),
      ),
    )
    .withPanel(
      figure(
        { title: 'Failed', description: 'Share of requests that ended with an error.', unit: 'percentunit', width: 6 },
        errorRatio(),
      ),
    )
    .withPanel(
      figure(
        { title: 'p95', description: '95 of 100 requests are answered within this time.', unit: 's', width: 6 },
        quantile(0.95),
      ),
    )
    .withPanel(
      figure(
        {
          title: 'Active requests',
          description: 'Requests that are being answered right now (needs the SDK).',
          unit: 'short',
          width: 6,
        },
        'sum(http_server_active_requests{job=~"(.*/)?($service)"})',
      ),
    )
    .withRow(new RowBuilder('Requests'))
    .withPanel(
      chart({ title: 'Request rate by service', description: 'Requests per second.', unit: 'reqps', width: 12 }, [
        query(rate(calls, 'service_name'), '{{service_name}}'),
      ]),
    )
    .withPanel(
      chart(
        {
          title: 'Error rate by service',
          description: 'Share of requests that failed.',
          unit: 'percentunit',
          width: 12,
        },
        [query(errorRatio('service_name'), '{{service_name}}')],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Response time',
          description: 'Of all requests together. A wide gap between p50 and p99 means a few slow ones.',
          unit: 's',
          width: 12,
        },
        [query(quantile(0.5), 'p50'), query(quantile(0.95), 'p95'), query(quantile(0.99), 'p99')],
      ),
    )
    .withPanel(
      chart({ title: 'p95 by service', description: '95th percentile of response times.', unit: 's', width: 12 }, [
        query(quantile(0.95, 'service_name'), '{{service_name}}'),
      ]),
    )
    .withPanel(
      stacked(
        {
          title: 'Answers by status',
          description: 'HTTP status codes, as the SDK counts them.',
          unit: 'reqps',
          width: 12,
        },
        [
          query(
            'sum by (http_response_status_code) (histogram_count(rate(http_server_request_duration_seconds{job=~"(.*/)?($service)"}[$__rate_interval])))',
            '{{http_response_status_code}}',
          ),
        ],
      ),
    )
    .withPanel(
      chart(
        {
          title: 'Active requests by service',
          description: 'A line that only rises: requests that never end.',
          unit: 'short',
          width: 12,
        },
        [query('sum by (job) (http_server_active_requests{job=~"(.*/)?($service)"})', '{{job}}')],
      ),
    )
    .withRow(new RowBuilder('Endpoints'))
    .withPanel(
      table(
        { title: 'Endpoints', description: 'Busiest first.', width: 24 },
        { service_name: 'Service', span_name: 'Endpoint' },
        [
          { expr: `topk(50, ${rate(calls, 'service_name, span_name')})`, title: 'Requests', unit: 'reqps' },
          { expr: errorRatio('service_name, span_name'), title: 'Failed', unit: 'percentunit' },
          { expr: quantile(0.5, 'service_name, span_name'), title: 'p50', unit: 's' },
          { expr: quantile(0.95, 'service_name, span_name'), title: 'p95', unit: 's' },
          { expr: quantile(0.99, 'service_name, span_name'), title: 'p99', unit: 's' },
        ],
      ),
    );
}
