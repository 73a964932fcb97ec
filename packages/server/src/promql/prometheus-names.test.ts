import { expect, test } from 'vitest';
import { prometheusLabel, prometheusName, unescapedName } from './prometheus-names.js';

test.each([
  ['http.server.request.duration', 's', 'histogram', false, 'http_server_request_duration_seconds'],
  ['http.server.active_requests', '{request}', 'sum', false, 'http_server_active_requests'],
  ['process.cpu.time', 's', 'sum', true, 'process_cpu_time_seconds_total'],
  ['system.memory.utilization', '1', 'gauge', false, 'system_memory_utilization_ratio'],
  ['storage.filesystem.usage', 'By', 'gauge', false, 'storage_filesystem_usage_bytes'],
  ['network.io', 'By/s', 'gauge', false, 'network_io_bytes_per_second'],
  ['http_requests_total', '', 'sum', true, 'http_requests_total'],
  ['total.requests', '', 'sum', true, 'requests_total'],
  ['request_duration_seconds', 's', 'histogram', false, 'request_duration_seconds'],
  ['(lambda).function.executions(#)', '', 'gauge', false, 'lambda_function_executions'],
  ['2xx.count', '', 'gauge', false, '_2xx_count'],
  ['queue', 'items', 'gauge', false, 'queue_items'],
  ['api.response_time', 'ms', 'gauge', false, 'api_response_time_milliseconds'],
  ['{service}.{func}.duration', '', 'gauge', false, 'service_func_duration'],
])('[A2] %s in "%s" (%s) is called %5$s', (name, unit, type, isMonotonic, wanted) => {
  expect(prometheusName({ name, unit, type, isMonotonic })).toBe(wanted);
});

test('attributes become labels', () => {
  expect(['http.route', 'a-b', '5xx', '__own', 'plain'].map(prometheusLabel)).toEqual([
    'http_route',
    'a_b',
    'key_5xx',
    '__own',
    'plain',
  ]);
});

test('escaped names in paths are read, others are left as they are', () => {
  expect(['U__http_2e_route', 'U__a__b', 'U__caf_e9_', 'job', 'U__a_b', 'U___d800_'].map(unescapedName)).toEqual([
    'http.route',
    'a_b',
    'café',
    'job',
    'U__a_b',
    'U___d800_',
  ]);
});
