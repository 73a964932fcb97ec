import { expect, test } from 'vitest';
import { knownMetric, searchMetrics, type MetricEntry } from './metric-list.js';

function metric(name: string, rest: Partial<MetricEntry> = {}): MetricEntry {
  return {
    name,
    metric: name,
    origin: 'prometheus',
    type: 'gauge',
    unit: '',
    help: '',
    series: 1,
    lastSeen: 0,
    ...rest,
  };
}

const metrics = [
  metric('go_threads', { help: 'Threads of the process' }),
  metric('http_requests_total', { type: 'counter' }),
  metric('http_server_request_duration_seconds', {
    metric: 'http.server.request.duration',
    type: 'histogram',
    unit: 's',
  }),
  metric('process_threads'),
];

test.each([
  ['threads', ['go_threads', 'process_threads']],
  ['pro', ['process_threads', 'go_threads']],
  ['http histogram', ['http_server_request_duration_seconds']],
  ['http.server', ['http_server_request_duration_seconds']],
  ['', metrics.map(({ name }) => name)],
])('"%s" finds %j', (typed, names) => {
  expect(searchMetrics(metrics, typed).map(({ name }) => name)).toEqual(names);
});

test('the parts of a histogram are known by the whole', () => {
  const list = { metrics, byName: new Map(metrics.map(one => [one.name, one])), total: metrics.length };
  expect(knownMetric('http_server_request_duration_seconds_bucket', list)?.type).toBe('histogram');
  expect(knownMetric('nothing_bucket', list)).toBeUndefined();
});
