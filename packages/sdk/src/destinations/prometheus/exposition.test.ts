import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownScope } from '../../core/batches.js';
import { Metrics } from '../../core/metrics.js';
import { exposition, type ExpositionDeps } from './exposition.js';
import type { PrometheusRegistry } from './registry-families.js';
import { scrapeHandler } from './scrape-endpoint.js';
import { contentTypes } from './text.js';

const promtool = [
  '/usr/bin/promtool',
  new URL('../../../../../.peers/root/usr/bin/promtool', import.meta.url).pathname,
].find(existsSync);

function metricsOf(values: readonly number[] = [0, 0.003, 0.25, 0.25, 7]): Metrics {
  const metrics = new Metrics();
  const of = (name: string, kind: 'counter' | 'gauge' | 'histogram', unit: string, scope = ownScope) =>
    metrics.metric({ name, kind, unit, description: `What ${name} "says"`, scope });
  const duration = of('http.server.request.duration', 'histogram', 's');
  for (const value of values)
    duration.point({ 'http.route': '/a "b"\n\\', 'http.response.status_code': 200 }).histogram?.record(value);
  of('stories.published', 'counter', '{story}').point({ genre: 'crime' }).value = 7;
  of('stories.published', 'counter', '{story}', 'theirs').point({ genre: 'crime' }).value = 1;
  of('cache.fill', 'gauge', '1').point({ 'a.b': 1, 'a-b': true }).value = 0.5;
  return metrics;
}

const register: PrometheusRegistry = {
  getMetricsAsJSON: async () => [
    { name: 'jobs_total', help: 'Jobs', type: 'counter', values: [{ value: 3, labels: { kind: 'mail' } }] },
    {
      name: 'wait_seconds',
      help: 'Wait',
      type: 'histogram',
      values: [
        {
          metricName: 'wait_seconds_bucket',
          value: 1,
          labels: { le: 0.5 },
          exemplar: { labelSet: { trace_id: 'ab' }, value: 0.3 },
        },
        { metricName: 'wait_seconds_bucket', value: 2, labels: { le: '+Inf' } },
        { metricName: 'wait_seconds_sum', value: 1.5, labels: {} },
        { metricName: 'wait_seconds_count', value: 2, labels: {} },
      ],
    },
    { name: 'no name', type: 'gauge', values: [] },
    'nothing',
  ],
};

function deps(metrics: Metrics, registries: readonly PrometheusRegistry[] = []): ExpositionDeps {
  return {
    metrics,
    ownScope,
    resource: { 'service.name': 'shop' },
    registries: new Set(registries),
    observe: () => {},
    fault: () => {},
  };
}

test('[A2] metrics are written as Prometheus and as OpenMetrics, an existing registry among them', async () => {
  const plain = await exposition(deps(metricsOf(), [register]), 'prometheus');
  const open = await exposition(deps(metricsOf(), [register]), 'openmetrics');
  for (const line of [
    'stories_published_total{genre="crime"} 7',
    'stories_published_total{genre="crime",otel_scope_name="theirs"} 1',
    'cache_fill_ratio{a_b="1;true"} 0.5',
    'jobs_total{kind="mail"} 3',
    'http_server_request_duration_seconds_count{http_route="/a \\"b\\"\\n\\\\",http_response_status_code="200"} 5',
  ]) {
    expect(plain.split('\n')).toContain(line);
    expect(open.split('\n')).toContain(line);
  }
  expect(plain).toContain('# TYPE stories_published_total counter\n');
  expect(open).toContain('# TYPE stories_published counter\n');
  expect(open).toContain('wait_seconds_bucket{le="0.5"} 1 # {trace_id="ab"} 0.3\n');
  expect(plain).not.toContain(' # {');
  expect(open).toMatch(/# TYPE target info\ntarget_info\{service_name="shop"\} 1\n# EOF\n$/);
});

test.runIf(promtool !== undefined)('[A2] promtool finds nothing wrong with the page', async () => {
  const page = await exposition(deps(metricsOf(), [register]), 'prometheus');
  const judged = spawnSync(promtool ?? '', ['check', 'metrics'], { input: page, encoding: 'utf8' });
  // A share is named `_ratio` by OpenTelemetry's rules, which is all that may be remarked.
  expect([judged.status === 0 || judged.status === 3, judged.stdout, judged.stderr.includes('error')]).toEqual([
    true,
    '',
    false,
  ]);
});

test('every classic bucket counts exactly the values up to its bound', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1000, noNaN: true })), {
        minLength: 1,
        maxLength: 50,
      }),
      async values => {
        const page = await exposition(deps(metricsOf(values)), 'prometheus');
        const buckets = [...page.matchAll(/_seconds_bucket\{.*le="([\d.e-]+)"\} (\d+)/g)];
        expect(buckets.length).toBeGreaterThan(20);
        for (const [index, [, , count]] of buckets.entries()) {
          const bound = 2 ** ((index - 20) / 2);
          // A value at a bound may fall to either side by the last bit.
          const near = values.filter(value => Math.abs(value - bound) <= bound * 1e-9).length;
          const below = values.filter(value => value < bound * (1 - 1e-9)).length;
          expect(Number(count)).toBeGreaterThanOrEqual(below);
          expect(Number(count)).toBeLessThanOrEqual(below + near);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('a scraper gets the form that it asks for; a registry that fails costs only itself', async () => {
  const broken: PrometheusRegistry = { getMetricsAsJSON: () => Promise.reject(new Error('collector')) };
  const handler = scrapeHandler(deps(metricsOf(), [broken]));
  const server = http.createServer((request, response) => void handler(request, response)).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const ask = (method: string, headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; headers: http.IncomingHttpHeaders; body: Buffer }>(resolve => {
      const request = http.request({ port, host: '127.0.0.1', method, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      request.end();
    });
  const plain = await ask('GET', {});
  const open = await ask('GET', {
    accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5',
    'accept-encoding': 'gzip',
  });
  const wrong = await ask('POST', {});
  server.close();
  expect([plain.headers['content-type'], open.headers['content-type'], wrong.status]).toEqual([
    contentTypes.prometheus,
    contentTypes.openmetrics,
    405,
  ]);
  expect(plain.body.toString()).toContain('stories_published_total');
  expect(gunzipSync(open.body).toString()).toMatch(/# EOF\n$/);
});
