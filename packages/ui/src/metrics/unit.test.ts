import { parseExpr } from '@bellwether/promql';
import { expect, test } from 'vitest';
import { expressionMeasure } from './unit.js';

const units = new Map([['http.server.duration', 's']]);

function measure(text: string): string {
  const { base, perSecond } = expressionMeasure(parseExpr(text), metric => units.get(metric));
  return perSecond ? `${base}/s` : base;
}

test.each([
  ['up', '1'],
  ['process_resident_memory_bytes', 'By'],
  ['{"http.server.duration"}', 's'],
  ['rate(net_bytes_total[5m])', 'By/s'],
  ['increase(net_bytes_total[5m])', 'By'],
  ['sum by (job) (rate(http_requests_total[5m]))', '1/s'],
  ['count(process_resident_memory_bytes)', '1'],
  ['histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', 's'],
  ['rate(http_request_duration_seconds_count[5m])', '1/s'],
  ['rate(http_request_duration_seconds_sum[5m]) / rate(http_request_duration_seconds_count[5m])', 's'],
  ['sum(rate(errors_total[5m])) / sum(rate(http_requests_total[5m]))', 'ratio'],
  ['100 * sum(rate(errors_total[5m])) / sum(rate(http_requests_total[5m]))', 'percent'],
  ['process_resident_memory_bytes > bool 5', '1'],
  ['process_resident_memory_bytes / 1024', 'By'],
  ['node_memory_free_bytes / node_memory_total_bytes', 'ratio'],
  ['time() - process_start_time_seconds', 's'],
])('%s is measured in %s', (text, expected) => {
  expect(measure(text)).toBe(expected);
});
