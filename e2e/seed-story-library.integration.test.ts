import { type ChildProcess, spawn } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Peer, startPostgres, startRedis } from '../packages/sdk/dist/test-support/peers.js';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
const peers: Peer[] = [];
let instance: Instance;
let environment: Record<string, string> = {};

/** S3, Clerk, Resend and Rekognition in one; what is called `broken` is. */
const cloud = http.createServer((request, response) => {
  request.resume();
  response.statusCode = request.url?.includes('broken') === true ? 503 : 200;
  response.end('{}');
});

interface Library {
  readonly url: string;
  stop(): Promise<void>;
}

async function startLibrary(more: Record<string, string>): Promise<Library> {
  const main = join(root, 'examples', 'seeds', 'dist', 'story-library', 'main.js');
  const child: ChildProcess = spawn(process.execPath, ['--import', '@bellwether/node/register', main], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', BELLWETHER_SPOOL: 'off', ...environment, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  const port = await until('the library listens', 60_000, () => /port (\d+)/.exec(printed)?.[1]);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function send(library: Library, method: string, path: string, body?: unknown): Promise<number> {
  const answer = await fetch(library.url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await answer.text();
  return answer.status;
}

const tale = (title: string, author: string) => ({ title, genre: 'fantasy', author });
const visits: readonly (readonly [method: string, path: string, body?: unknown])[] = [
  ...Array.from({ length: 6 }, (_, story) => ['POST', '/stories', tale(`Tale ${story}`, 'ama')] as const),
  ['POST', '/stories', tale('x', 'broken')],
  ...Array.from({ length: 4 }, () => ['GET', '/stories/fantasy-tale-1'] as const),
  ['GET', '/stories/none'],
  ['GET', '/stories'],
  ['PUT', '/stories/fantasy-tale-1/cover'],
  ['PUT', '/stories/broken/cover'],
  ['POST', '/engagement', { reader: 'kofi' }],
];
const statuses: number[] = [];

beforeAll(async () => {
  const [postgres, redis] = [await startPostgres(), await startRedis()];
  peers.push(postgres, redis);
  instance = await startInstance(dataDir);
  cloud.listen(0, '127.0.0.1');
  await new Promise(resolve => cloud.once('listening', resolve));
  // A server that listens on TCP has such an address.
  const { port } = cloud.address() as AddressInfo;
  environment = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, CLOUD_URL: `http://127.0.0.1:${port}` };

  const library = await startLibrary({
    BELLWETHER_URL: instance.otlp,
    OTEL_SERVICE_NAME: 'library',
    ENVIRONMENT: 'staging',
    SLOW_QUERY_THRESHOLD_MS: '100',
    API_P95_THRESHOLD_MS: '500',
    API_P99_THRESHOLD_MS: '1000',
    DB_POOL_UTILIZATION_THRESHOLD: '0.8',
  });
  for (const [method, path, body] of visits) statuses.push(await send(library, method, path, body));
  await until('the mails are sent', 60_000, async () => {
    await instance.flush();
    const sent = await tracesOf('service:library name:"resend.send"');
    return sent.length >= 6 ? true : undefined;
  });
  await library.stop();
  await instance.flush();
});
afterAll(async () => {
  await instance.stop();
  cloud.closeAllConnections();
  cloud.close();
  for (const peer of peers) await peer.stop();
  removeDataDir(dataDir);
});

const vector = z.object({
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

async function value(query: string): Promise<number> {
  const { result } = vector.parse(await instance.get(`/api/v1/query?query=${encodeURIComponent(query)}`)).data;
  return Number(result[0]?.value[1] ?? Number.NaN);
}

const traces = z.object({ traces: z.array(z.object({ traceId: z.string(), spanCount: z.number() })) });

async function tracesOf(q: string): Promise<z.infer<typeof traces>['traces']> {
  const query = new URLSearchParams({
    q,
    from: String(Date.now() - 600_000),
    to: String(Date.now() + 60_000),
    limit: '100',
  });
  return traces.parse(await instance.get(`/api/bw/v1/traces?${query}`)).traces;
}

/** Columns, as a page reads them: names stand once, spans point to them. */
const trace = z.object({ names: z.array(z.string()), spans: z.object({ name: z.array(z.number()) }) });

async function spanNamesOf(traceId: string | undefined): Promise<readonly (string | undefined)[]> {
  const { names, spans } = trace.parse(await instance.get(`/api/bw/v1/traces/${traceId}`));
  return spans.name.map(index => names[index]);
}

const count = (metric: string, labels: string): string => `sum(histogram_count(${metric}{${labels}}))`;

test('the library does its work', () => {
  expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 500, 200, 200, 200, 200, 404, 200, 200, 500, 200]);
});

test.each([
  [
    'requests by route and status',
    count('http_server_request_duration_seconds', 'http_route="/stories",http_response_status_code="201"'),
    6,
  ],
  [
    'failures of handlers',
    count('http_server_request_duration_seconds', 'http_route="/stories/:id/cover",http_response_status_code="500"'),
    1,
  ],
  ['queries by what they do', count('db_client_operation_duration_seconds', 'db_query_summary="INSERT stories"'), 6],
  [
    'functions that ask the database',
    count('db_function_duration_seconds', 'code_function_name="storiesWithAuthors"'),
    1,
  ],
  ['functions by name', count('function_duration_seconds', 'code_function_name="publishStory"'), 6],
  ['S3, in all', count('external_operation_duration_seconds', 'service_peer_name="s3"'), 2],
  ['S3, failed', count('external_operation_duration_seconds', 'service_peer_name="s3",error_type!=""'), 1],
  ['Clerk', count('external_operation_duration_seconds', 'service_peer_name="clerk"'), 7],
  ['Rekognition', count('external_operation_duration_seconds', 'service_peer_name="rekognition"'), 1],
  ['mails by Resend', count('external_operation_duration_seconds', 'service_peer_name="resend"'), 6],
  ['tasks processed', count('messaging_process_duration_seconds', 'messaging_destination_name="mails"'), 6],
  ['stories published, by event', 'sum(business_events_total{event_name="business.event"})', 6],
  ['features used', 'sum(business_feature_usage_total{feature="reading"})', 1],
  ['the p95 that alerts compare with', 'max(bellwether_threshold_seconds{threshold="api.p95"})', 0.5],
  [
    'the pool use that alerts compare with',
    'max(bellwether_threshold_share_ratio{threshold="db.pool.utilization"})',
    0.8,
  ],
])('[C1][C2][D1][E1][G1][L13] %s', async (_what, query, expected) => {
  expect(await value(query)).toBe(expected);
});

test('[C2] a route has percentiles, of all its requests', async () => {
  const p95 = await value(
    'histogram_quantile(0.95, sum by (job) (http_server_request_duration_seconds{http_route="/stories/:id"}))',
  );
  expect(p95).toBeGreaterThan(0);
  expect(p95).toBeLessThan(5);
});

test('[B4][G1] a story that is published is one trace from the request over the queue to the mail', async () => {
  const [first] = await tracesOf('service:library name:"resend.send"');
  expect(await spanNamesOf(first?.traceId)).toEqual(
    expect.arrayContaining(['POST /stories', 'story.create', 'clerk.authenticate', 'resend.send']),
  );
});

test('[D1][W43] the list asks once for each author, and each query stands in the trace without its values', async () => {
  const [list] = await tracesOf('service:library name:"GET /stories"');
  const names = await spanNamesOf(list?.traceId);
  expect(names.filter(name => name === 'SELECT authors')).toHaveLength(6);
});

test('[L13] published stories are events with their genre', async () => {
  const range = `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}`;
  const { logs } = z
    .object({ logs: z.array(z.object({ attributes: z.array(z.object({ key: z.string(), value: z.unknown() })) })) })
    .parse(
      await instance.get(`/api/bw/v1/logs?${range}&q=${encodeURIComponent('service:library event:business.event')}`),
    );
  const of = (key: string): unknown[] => logs.map(log => log.attributes.find(each => each.key === key)?.value);
  expect(new Set(of('business.event.name'))).toEqual(new Set(['stories.published']));
  expect(new Set(of('genre'))).toEqual(new Set(['fantasy']));
});

test.each([
  ['newrelic', () => ({ NEW_RELIC_LICENSE_KEY: 'nr-key', NEW_RELIC_OTLP_ENDPOINT: instance.otlp })],
  [
    'datadog',
    () => ({
      DD_TRACE_AGENT_URL: `http://${instance.others.datadog}`,
      DD_DOGSTATSD_PORT: instance.others.statsd.split(':')[1] ?? '',
    }),
  ],
])('[A2] APM_PROVIDER=%s and nothing else sends it there', async (provider, keys) => {
  const library = await startLibrary({
    APM_PROVIDER: provider,
    DATADOG_SERVICE_NAME: `library-${provider}`,
    ...keys(),
  });
  expect(await send(library, 'GET', '/stories/fantasy-tale-1')).toBe(200);
  await library.stop();
  await instance.flush();
  const found = await until('the trace is there', 60_000, async () => {
    const all = await tracesOf(`service:library-${provider} kind:server`);
    return all.length > 0 ? all : undefined;
  });
  expect(found).toHaveLength(1);
});

test('[A3] APM_ENABLED=False: the library runs as if it were not there', async () => {
  const library = await startLibrary({
    APM_ENABLED: 'False',
    OTEL_SERVICE_NAME: 'library-off',
    BELLWETHER_URL: instance.otlp,
  });
  expect(await send(library, 'GET', '/stories/fantasy-tale-1')).toBe(200);
  await library.stop();
  await instance.flush();
  expect(await tracesOf('service:library-off')).toEqual([]);
});
