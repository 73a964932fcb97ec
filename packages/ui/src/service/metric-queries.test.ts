import { parseExpr } from '@bellwether/promql';
import { expect, test } from 'vitest';
import { metricQueries } from './metric-queries.js';

test('the questions behind the overview can be asked in PromQL, whatever the service is called', () => {
  for (const service of ['checkout', 'a "quoted" one']) {
    for (const query of Object.values(metricQueries(service))) expect(() => parseExpr(query)).not.toThrow();
  }
  expect(metricQueries('checkout').requests).toBe(
    'sum by (span_name) (rate(traces_span_metrics_calls_total{service_name="checkout", span_kind="SPAN_KIND_SERVER"}[5m]))',
  );
});
