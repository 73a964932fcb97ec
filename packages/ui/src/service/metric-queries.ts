/** The service's requests as PromQL sees them: spans of servers, counted by service, name and status. */
function requestsOf(service: string, more = ''): string {
  return `{service_name=${JSON.stringify(service)}, span_kind="SPAN_KIND_SERVER"${more}}`;
}

/** PromQL for what the overview's charts show, to go on from in Metrics. */
export function metricQueries(service: string): {
  readonly requests: string;
  readonly errors: string;
  readonly latency: string;
} {
  const calls = 'traces_span_metrics_calls_total';
  const all = `sum(rate(${calls}${requestsOf(service)}[5m]))`;
  return {
    requests: `sum by (span_name) (rate(${calls}${requestsOf(service)}[5m]))`,
    errors: `sum(rate(${calls}${requestsOf(service, ', status_code="STATUS_CODE_ERROR"')}[5m])) / ${all}`,
    latency: `histogram_quantile(0.95, sum(rate(traces_span_metrics_duration_seconds${requestsOf(service)}[5m])))`,
  };
}
