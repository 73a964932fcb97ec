import { expect, test } from 'vitest';
import { firstQuery } from './first-query.js';

test.each([
  ['orders_created_total', 'counter', 'sum(rate(orders_created_total[5m]))'],
  ['orders_created_total', '', 'sum(rate(orders_created_total[5m]))'],
  ['queue_depth', 'gauge', 'queue_depth'],
  ['disk_total', 'gauge', 'disk_total'],
  ['http_seconds_bucket', 'histogram', 'histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m])))'],
  ['http_seconds', 'histogram', 'histogram_quantile(0.95, sum(rate(http_seconds[5m])))'],
  ['rpc_seconds_sum', 'summary', 'sum(rate(rpc_seconds_sum[5m]))'],
  ['http.server.active', 'gauge', '{"http.server.active"}'],
])('%s, a %s, begins with %s', (name, type, expr) => {
  expect(firstQuery({ name, type })).toBe(expr);
});
