import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, inflateSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { ChdbStore } from '../store/chdb-store.js';
import { serverSideLink } from './receiver-link.test.support.js';
import { emptyStore } from './sample-store.test.support.js';
import { buildApi } from './start-api.js';

let app: FastifyInstance;
let store: ChdbStore;
let close: () => Promise<void>;

/** 2026-05-28 20:26:40 UTC. */
const startS = 1_780_000_000;

beforeAll(async () => {
  const worker = fileURLToPath(new URL('../../dist/promql/query-worker.js', import.meta.url));
  if (!existsSync(worker)) throw new Error('packages/server is not built: run `npm run build`');
  const opened = await emptyStore();
  store = opened.store;
  await store.command(`INSERT INTO metric_series (workspace, metric, id, type, unit, description, attrs, last_seen, received)
SELECT 'default', 'requests_total', number, 'counter', '', 'Requests.', map('job', 'shop', 'instance', concat('i', toString(number))), fromUnixTimestamp64Milli(toInt64(${startS}000), 'UTC'), today() FROM numbers(3)`);
  await store.command(`INSERT INTO metric_samples (workspace, metric, id, ts, value, received)
SELECT 'default', 'requests_total', number % 3, fromUnixTimestamp64Milli(toInt64(${startS}000 + intDiv(number, 3) * 15000), 'UTC'), (number % 3 + 1) * intDiv(number, 3), today() FROM numbers(723)`);
  await store.command(`INSERT INTO exemplars (workspace, metric, id, ts, value, trace_id, span_id, attrs, received)
VALUES ('default', 'requests_total', 1, fromUnixTimestamp64Milli(toInt64(${startS}500), 'UTC'), 0.25, unhex('0af7651916cd43dd8448eb211c80319c'), unhex('b7ad6b7169203331'), map('user', 'u1'), today())`);
  app = await buildApi({
    store,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    startedAtMs: 1000,
    demo: false,
    uiDir: undefined,
    dataDir: opened.dataDir,
    log: Fastify({ logger: { level: 'error' } }).log,
  });
  close = async () => {
    await app.close();
    await opened.close();
  };
});
afterAll(() => close());

const envelope = z.object({
  status: z.enum(['success', 'error']),
  data: z.unknown().optional(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  infos: z.array(z.string()).optional(),
});

async function get(path: string, params: Readonly<Record<string, string>> = {}, headers: Record<string, string> = {}) {
  const url = `/api/v1${path}?${new URLSearchParams(params).toString()}`;
  const answer = await app.inject({ method: 'GET', url, headers: { host: 'localhost', ...headers } });
  return { code: answer.statusCode, ...envelope.parse(answer.json()) };
}

async function post(path: string, params: Readonly<Record<string, string>>) {
  const answer = await app.inject({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(params).toString(),
  });
  return { code: answer.statusCode, ...envelope.parse(answer.json()) };
}

test('[C3] an instant query, as GET and as a form, with times as seconds and as RFC 3339', async () => {
  const query = 'requests_total{instance="i1"}';
  const wanted = {
    code: 200,
    status: 'success',
    data: {
      resultType: 'vector',
      result: [{ metric: { __name__: 'requests_total', instance: 'i1', job: 'shop' }, value: [startS + 60.5, '8'] }],
    },
  };
  expect(await get('/query', { query, time: String(startS + 60.5) })).toEqual(wanted);
  expect(await post('/query', { query, time: '2026-05-28T20:27:40.5Z' })).toEqual(wanted);
});

test('a range query has a value at each step', async () => {
  const { data } = await get('/query_range', {
    query: 'sum(requests_total)',
    start: String(startS + 60),
    end: String(startS + 120),
    step: '30s',
  });
  expect(data).toEqual({
    resultType: 'matrix',
    result: [
      {
        metric: {},
        values: [
          [startS + 60, '24'],
          [startS + 90, '36'],
          [startS + 120, '48'],
        ],
      },
    ],
  });
});

test.each([
  ['sum(', {}, 400, 'bad_data', 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis'],
  ['up', { time: 'soon' }, 400, 'bad_data', 'invalid parameter "time": cannot parse "soon" to a valid timestamp'],
  ['up', { timeout: 'x' }, 400, 'bad_data', 'invalid parameter "timeout": cannot parse "x" to a valid duration'],
  ['up', { limit: '-1' }, 400, 'bad_data', 'invalid parameter "limit": limit must be non-negative'],
  [
    'requests_total * on () requests_total',
    { time: String(startS) },
    422,
    'execution',
    'found duplicate series for the match group {} on the right hand-side of the operation',
  ],
])("%s with %j is answered %i, in Prometheus' words", async (query, more, code, errorType, error) => {
  const answer = await get('/query', { query, ...more });
  expect([answer.code, answer.errorType]).toEqual([code, errorType]);
  expect(answer.error).toContain(error);
});

test.each([
  [{ step: '0' }, 'zero or negative query resolution step widths are not accepted'],
  [{ step: '1s', end: String(startS + 20_000) }, 'exceeded maximum resolution of 11,000 points per timeseries'],
  [{ end: String(startS - 1) }, 'end timestamp must not be before start time'],
])('a range with %j is refused', async (more, error) => {
  const answer = await get('/query_range', {
    query: 'up',
    start: String(startS),
    end: String(startS),
    step: '1',
    ...more,
  });
  expect([answer.code, answer.errorType]).toEqual([400, 'bad_data']);
  expect(answer.error).toContain(error);
});

test('names, labels, values and series, with selectors and a limit', async () => {
  expect((await get('/labels')).data).toEqual(['__name__', 'instance', 'job']);
  expect((await get('/label/__name__/values')).data).toEqual(['requests_total']);
  expect((await get('/label/instance/values', { 'match[]': 'requests_total{instance!="i0"}' })).data).toEqual([
    'i1',
    'i2',
  ]);
  expect((await get('/label/U__instance/values')).data).toEqual(['i0', 'i1', 'i2']);
  const series = await post('/series', { 'match[]': '{job="shop"}', limit: '1' });
  expect(series.data).toEqual([{ __name__: 'requests_total', instance: 'i0', job: 'shop' }]);
  expect(series.warnings).toEqual(['results truncated due to limit']);
  expect((await get('/series')).error).toBe('no match[] parameter provided');
  expect((await get('/series', { 'match[]': '{job=""}' })).code).toBe(400);
  expect((await get('/labels', { start: String(startS + 864_000) })).data).toEqual([]);
});

test('metadata, cardinality and what the server is', async () => {
  expect((await get('/metadata')).data).toEqual({
    requests_total: [{ type: 'counter', help: 'Requests.', unit: '' }],
  });
  expect((await get('/status/tsdb')).data).toMatchObject({
    headStats: { numSeries: 3 },
    seriesCountByMetricName: [{ name: 'requests_total', value: 3 }],
    labelValueCountByLabelName: [
      { name: 'instance', value: 3 },
      { name: 'job', value: 1 },
    ],
  });
  expect((await get('/status/buildinfo')).data).toMatchObject({ version: '3.5.0' });
  expect((await get('/rules')).data).toEqual({ groups: [] });
  expect((await get('/alerts')).data).toEqual({ alerts: [] });
});

test('exemplars name the trace they came from', async () => {
  const query = 'rate(requests_total[5m])';
  expect((await get('/query_exemplars', { query, start: String(startS), end: String(startS + 10) })).data).toEqual([
    {
      seriesLabels: { __name__: 'requests_total', instance: 'i1', job: 'shop' },
      exemplars: [
        {
          labels: { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331', user: 'u1' },
          value: '0.25',
          timestamp: startS + 0.5,
        },
      ],
    },
  ]);
  expect((await get('/query_exemplars', { query })).code).toBe(200);
});

test('queries are laid out and shown as a tree', async () => {
  expect((await get('/format_query', { query: 'sum   (up)by(job)' })).data).toBe('sum by (job) (up)');
  expect((await get('/parse_query', { query: 'up[5m]' })).data).toMatchObject({
    type: 'matrixSelector',
    name: 'up',
    range: 300_000,
    matchers: [{ name: '__name__', type: '=', value: 'up' }],
  });
});

test('warnings and infos stand beside the result; a limit leaves series out and says so', async () => {
  const rate = await get('/query', { query: 'rate(requests_total[5m]) + rate(gone[5m])', time: String(startS) });
  expect(rate.status).toBe('success');
  const info = await get('/query', { query: 'histogram_quantile(2, requests_total)', time: String(startS) });
  expect(info.warnings?.[0]).toContain('PromQL warning: quantile value should be between 0 and 1, got 2 (1:20)');
  const limited = await get('/query', { query: 'requests_total', time: String(startS), limit: '2' });
  expect(limited.data).toMatchObject({ result: [{}, {}] });
  expect(limited.warnings).toEqual(['results truncated due to limit']);
});

test('a workspace sees its own series only', async () => {
  const other = await get('/query', { query: 'requests_total', time: String(startS) }, { 'x-scope-orgid': 'other' });
  expect(other.data).toEqual({ resultType: 'vector', result: [] });
  expect((await get('/label/job/values', {}, { 'x-scope-orgid': 'other' })).data).toEqual([]);
});

test('answers are packed for who takes them so', async () => {
  const url = `/api/v1/query_range?query=requests_total&start=${startS}&end=${startS + 3600}&step=15`;
  const plain = await app.inject({ url, headers: { host: 'localhost' } });
  const zipped = await app.inject({ url, headers: { host: 'localhost', 'accept-encoding': 'gzip, deflate' } });
  const deflated = await app.inject({ url, headers: { host: 'localhost', 'accept-encoding': 'gzip;q=0, deflate' } });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.rawPayload).toString()).toBe(plain.body);
  expect(inflateSync(deflated.rawPayload).toString()).toBe(plain.body);
});

test('a path that is not there is told in the shape of the Prometheus API', async () => {
  const answer = await get('/nothing');
  expect([answer.code, answer.status, answer.errorType]).toEqual([404, 'error', 'not_found']);
});

test('what a query fetched and took is explained', async () => {
  const answer = await app.inject({
    url: `/api/bw/v1/explain?${new URLSearchParams({ query: 'sum(rate(requests_total[1m])) / 2', time: String(startS + 60) }).toString()}`,
    headers: { host: 'localhost' },
  });
  expect(answer.json()).toMatchObject({
    selectors: [{ selector: 'requests_total', matched: 3, series: 3, samples: 12 }],
    result: { type: 'vector', series: 1 },
    series: 3,
    samples: 12,
  });
  const refused = await app.inject({ url: '/api/bw/v1/explain?query=sum(', headers: { host: 'localhost' } });
  expect([refused.statusCode, refused.json()]).toMatchObject([400, { error: { code: 'bad_data' } }]);
});

test('metrics are listed with type, unit, help and how many series they have', async () => {
  const answer = await app.inject({ url: '/api/bw/v1/metrics?search=REQUEST', headers: { host: 'localhost' } });
  expect(answer.json()).toEqual({
    total: 1,
    metrics: [
      {
        name: 'requests_total',
        metric: 'requests_total',
        origin: 'prometheus',
        type: 'counter',
        unit: '',
        help: 'Requests.',
        series: 3,
        lastSeen: startS * 1000,
      },
    ],
  });
});
