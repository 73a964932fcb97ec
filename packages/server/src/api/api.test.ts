import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  cardinalityAnswer,
  differenceAnswer,
  fieldValuesAnswer,
  fieldsAnswer,
  logContextAnswer,
  logDetailAnswer,
  logHistogramAnswer,
  logsAnswer,
  offendersAnswer,
  overviewAnswer,
  serviceChartsAnswer,
  servicesAnswer,
  spanAnswer,
  statusAnswer,
  storageAnswer,
  traceAnswer,
  traceHistogramAnswer,
  traceLogsAnswer,
  traceSamplesAnswer,
  tracesAnswer,
} from '@bellwether/model';
import type { z } from 'zod';
import { serverSideLink } from './receiver-link.test.support.js';
import {
  emptyStore,
  fillWithSample,
  sampleEndMs,
  sampleSpanId,
  sampleStartMs,
  sampleTraceId,
  sampleTraces,
} from './sample-store.test.support.js';
import { buildApi } from './start-api.js';

let app: FastifyInstance;
let close: () => Promise<void>;
let command: (sql: string) => Promise<void>;
const range = `from=${sampleStartMs}&to=${sampleEndMs}`;

beforeAll(async () => {
  const { store, dataDir, close: closeStore } = await emptyStore();
  await fillWithSample(store);
  command = sql => store.command(sql);
  app = await buildApi({
    store,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    startedAtMs: 1000,
    demo: false,
    uiDir: undefined,
    dataDir,
    log: Fastify({ logger: { level: 'error' } }).log,
  });
  close = async () => {
    await app.close();
    await closeStore();
  };
});

afterAll(() => close());

async function get<Answer>(path: string, schema: z.ZodType<Answer>): Promise<Answer> {
  const answer = await app.inject({ method: 'GET', url: path, headers: { host: 'localhost:4300' } });
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
  return schema.parse(answer.json());
}

async function refused(path: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await app.inject({ method: 'GET', url: path, headers: { host: 'localhost', ...headers } });
  const { error } = answer.json<{ error: { code: string; message: string } }>();
  return `${answer.statusCode} ${error.code} ${error.message}`;
}

test('the status tells what is stored and where to send', async () => {
  const status = await get('/api/bw/v1/status', statusAnswer);
  expect(status).toMatchObject({ version: '1.2.3', workspace: 'default', receiver: { connected: false } });
  expect(status.signals.traces.stored).toBe(true);
  expect(status.firstTraceId).toMatch(/^[0-9a-f]{32}$/);
  expect(status.disk.storeBytes).toBeGreaterThan(1000);
});

/** Series of a metric that differ by user; `user` is SQL. */
const series = (metric: string, count: number, user: string): Promise<void> =>
  command(
    `INSERT INTO metric_series (workspace, metric, id, type, service, attrs, last_seen, received) SELECT 'default', '${metric}', number, 'sum', 'batch', map('route', toString(number % 2), 'user.id', ${user}), fromUnixTimestamp64Milli(toInt64(${sampleStartMs}), 'UTC'), today() FROM numbers(${count})`,
  );

test('[W3] [T8] [T9] a metric that explodes is named, and the label that does it', async () => {
  await series('requests', 300, 'toString(number)');
  await series('jobs', 4, "'u'");
  const answer = await get(`/api/bw/v1/cardinality?${range}`, cardinalityAnswer);
  expect(answer).toMatchObject({ series: 304, overflows: [] });
  expect(answer.metrics.map(({ metric, series }) => [metric, series])).toEqual([
    ['requests', 300],
    ['jobs', 4],
  ]);
  expect(answer.metrics[0]).toMatchObject({
    services: ['batch'],
    labels: [
      { key: 'user.id', values: 300 },
      { key: 'route', values: 2 },
    ],
  });
});

test('[T6] what each signal takes on disk is known, and what it will take at its retention', async () => {
  const { signals } = await get('/api/bw/v1/storage', storageAnswer);
  expect(signals.map(({ signal }) => signal)).toEqual(['traces', 'logs', 'metrics']);
  const [traces] = signals;
  expect(traces).toMatchObject({ rows: sampleTraces * 4, retentionDays: 30 });
  expect(traces?.bytes).toBeGreaterThan(1000);
  expect(traces?.bytesAtRetention).toBeCloseTo((traces?.bytesPerDay ?? 0) * 30, 0);
  expect(signals[2]).toMatchObject({ rows: 0 });
});

test('[C1] services are listed with their requests, errors, version and environment', async () => {
  const { services, environments } = await get(`/api/bw/v1/services?${range}`, servicesAnswer);
  expect(environments).toEqual(['production']);
  expect(services.map(row => [row.name, row.requests, row.errorRatio, row.status, row.version, row.language])).toEqual([
    ['checkout', 360, 0.1, 'failing', '1.1.0', 'nodejs'],
    ['gateway', 360, 0.1, 'failing', '2.0.0', 'nodejs'],
  ]);
});

test('[C2] the overview holds rate, errors and quantiles per step, endpoints and dependencies', async () => {
  const path = `/api/bw/v1/services/checkout/overview?${range}&cmpFrom=${sampleStartMs - 3_600_000}&cmpTo=${sampleStartMs}`;
  const overview = await get(path, overviewAnswer);
  expect(overview.totals).toMatchObject({ requests: 360, errors: 36, errorRatio: 0.1 });
  expect(overview.totals.p50Ms).toBeGreaterThan(45);
  expect(overview.totals.p50Ms).toBeLessThan(56);
  expect(overview.stepsMs.length).toBe(overview.now.rate.length);
  expect(overview.endpoints.map(row => [row.operation, row.kind, row.requests, row.timeShare])).toEqual([
    ['GET /orders/:id', 'server', 360, 1],
  ]);
  expect(overview.dependencies.map(row => [row.peer, row.type])).toEqual([['postgresql shop', 'db']]);
  // The page paints the charts before it has the rest: they are the same.
  const charts = await get(path.replace('/overview', '/charts'), serviceChartsAnswer);
  expect(overview).toMatchObject(charts);
  expect(overview.layers.map(layer => layer.name)).toEqual(['App', 'postgresql shop']);
  const gateway = await get(`/api/bw/v1/services/gateway/overview?${range}`, overviewAnswer);
  expect(gateway.dependencies.map(row => [row.peer, row.type])).toEqual([['checkout', 'http']]);
  expect(gateway.dependencies[0]?.addresses).toEqual(['checkout:8080']);
  expect(overview.errors).toMatchObject([{ type: 'PaymentDeclined', count: 36, message: "card declined: 50% 'off'" }]);
  expect(overview.deploys.map(deploy => deploy.version)).toEqual(['1.1.0']);
  expect(overview.instancesSeen.map(row => row.host)).toEqual(['host-checkout']);
  expect(overview.runtime).toBe('nodejs 22.4.0');
  expect(overview.received).toEqual({ spans: true, logs: true, metrics: false });
  expect(overview.heatmap.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(360);
});

test('a quarter of an hour is drawn in steps of seconds, from the same spans', async () => {
  const [from, to] = [sampleStartMs + 1_200_000, sampleStartMs + 2_100_000];
  const fine = await get(`/api/bw/v1/services/checkout/overview?from=${from}&to=${to}`, overviewAnswer);
  expect([fine.stepMs, fine.stepsMs.length]).toEqual([10_000, 90]);
  expect(fine.totals).toMatchObject({ requests: 90, errors: 9 });
  expect(fine.dependencies.map(row => [row.peer, row.type])).toEqual([['postgresql shop', 'db']]);
  expect(fine.now.rate.every(rate => rate === 0.1)).toBe(true);
});

test('[B4] a trace is found by its id alone, with parents as indexes', async () => {
  const trace = await get(`/api/bw/v1/traces/${sampleTraceId(9)}`, traceAnswer);
  expect(trace).toMatchObject({ spanCount: 4, truncated: false, services: ['gateway', 'checkout'] });
  expect(trace.spans.parent).toEqual([-1, 0, 1, 2]);
  expect(trace.spans.status).toEqual([2, 2, 2, 0]);
  expect(trace.spans.peer).toEqual(['', 'checkout', '', 'postgresql shop']);
  expect(trace.spans.group[3]).toBe('SELECT * FROM orders WHERE id = ?');
  expect(trace.spans.logCount).toEqual([1, 0, 1, 0]);
  expect(trace.facts).toMatchObject({ rootIndex: 0, tenantId: 'tenant-0', userId: 'u9', version: '2.0.0' });
});

test('a span comes with its attributes in order and typed, its events and links', async () => {
  const span = await get(`/api/bw/v1/traces/${sampleTraceId(9)}/spans/${sampleSpanId(9, 3)}`, spanAnswer);
  expect(span.attributes.map(({ key, value, type }) => `${key}=${value} ${type}`)).toEqual([
    'http.request.method=GET string',
    'http.route=/orders/:id string',
    'http.response.status_code=502 int',
    'user.id=u9 string',
    'cart.items=2 int',
  ]);
  expect(span.events[0]?.attributes[1]).toEqual({ key: 'n', value: '9007199254740993', type: 'int' });
  expect(span.links[0]?.traceId).toBe('ab'.repeat(16));
  expect(span.resource.map(({ key }) => key)).toContain('host.name');
});

test.each([
  ['', 360],
  ['service:checkout status:error', 36],
  ['duration>1s', 1],
  ['http.route:"/orders/:id" user.id:u7', 8],
  ['cart.items>=6', 51],
  ['host.name:host-gateway', 360],
  ['resource.host.name:host-nobody', 0],
  ['http.status:5xx', 36],
  ['root:true -status:error', 324],
  ['"CARD DECLINED: 50% \'off\'"', 36],
  ['version:1.1.* kind:server', 180],
  ['has:user.id tenant:(tenant-0 OR tenant-1)', 240],
  ['name:"GET /orders/:id" NOT http.status:200', 36],
])('the search %s finds %i traces', async (q, count) => {
  const { traces } = await get(`/api/bw/v1/traces?${range}&limit=500&q=${encodeURIComponent(q)}`, tracesAnswer);
  expect(traces.length).toBe(count);
});

test('pages of traces follow each other without gap or repeat, in every sort', async () => {
  for (const sort of ['recent', 'slowest', 'errors'] as const) {
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const path = `/api/bw/v1/traces?${range}&limit=7&sort=${sort}${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page = await get(path, tracesAnswer);
      seen.push(...page.traces.map(trace => trace.traceId));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(sort === 'errors' ? 36 : sampleTraces);
  }
});

test('trace rows say what the root was', async () => {
  const { traces } = await get(`/api/bw/v1/traces?${range}&sort=slowest&limit=1`, tracesAnswer);
  expect(traces).toMatchObject([
    {
      traceId: sampleTraceId(100),
      durationMs: 3000,
      rootService: 'gateway',
      rootName: 'GET /orders/:id',
      hasRoot: true,
      spanCount: 4,
      services: ['gateway', 'checkout'],
      httpStatus: '200',
    },
  ]);
});

test('the histogram counts matching spans per step', async () => {
  const histogram = await get(`/api/bw/v1/traces/histogram?${range}&q=service:checkout&steps=60`, traceHistogramAnswer);
  expect(histogram.total).toBe(720);
  expect(histogram.errors.reduce((a, b) => a + b, 0)).toBe(36);
});

test.each([
  ['level:error', 72],
  ['level>=warn', 72],
  ['level<warn', 648],
  ['level:(info OR error) service:gateway', 360],
  ['level>info', 72],
  ['order_id>=350 -service:gateway', 10],
  ['host.name:host-checkout "was PLACED"', 324],
  ['body:x', 0],
  [`trace_id:${sampleTraceId(255)}`, 2],
  [sampleTraceId(255), 2],
])('the search %s finds %i log lines', async (q, count) => {
  const { total } = await get(`/api/bw/v1/logs/histogram?${range}&q=${encodeURIComponent(q)}`, logHistogramAnswer);
  expect(total).toBe(count);
});

test('logs are searched, paged, counted and shown in their context', async () => {
  const declined = await get(`/api/bw/v1/logs?${range}&q=level>=warn "DECLINED"&limit=10`, logsAnswer);
  expect(declined.logs.length).toBe(10);
  expect(declined.logs[0]).toMatchObject({ level: 'error', body: 'Order 359 was declined', service: 'checkout' });
  expect(declined.logs[0]?.attributes.map(({ key }) => key)).toEqual(['order_id', '10']);

  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const page = await get(`/api/bw/v1/logs?${range}&limit=101${cursor === '' ? '' : `&cursor=${cursor}`}`, logsAnswer);
    seen.push(...page.logs.map(line => line.id));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(new Set(seen).size).toBe(720);
  expect(seen.length).toBe(720);

  const histogram = await get(`/api/bw/v1/logs/histogram?${range}&steps=10`, logHistogramAnswer);
  expect(histogram.levels.map(({ level, counts }) => [level, counts.reduce((a, b) => a + b, 0)])).toEqual([
    ['info', 648],
    ['error', 72],
  ]);

  const line = declined.logs[3];
  const context = await get(
    `/api/bw/v1/logs/context?timeNs=${line?.timeNs}&id=${line?.id}&service=${line?.service}&lines=5`,
    logContextAnswer,
  );
  expect(context.logs.map(({ id }) => id)).toHaveLength(11);
  expect(context.logs[5]?.id).toBe(line?.id);

  const detail = await get(`/api/bw/v1/logs/${line?.id}?timeNs=${line?.timeNs}`, logDetailAnswer);
  expect(detail.resource.find(({ key }) => key === 'host.name')?.value).toBe(`host-${line?.service}`);
});

test('[B9] the logs of a trace, and of one of its spans', async () => {
  const all = await get(`/api/bw/v1/traces/${sampleTraceId(9)}/logs`, traceLogsAnswer);
  expect(all.logs.map(line => line.service)).toEqual(['gateway', 'checkout']);
  const one = await get(`/api/bw/v1/traces/${sampleTraceId(9)}/logs?spanId=${sampleSpanId(9, 3)}`, traceLogsAnswer);
  expect(one.logs.map(line => line.service)).toEqual(['checkout']);
});

test('fields and their values are offered for completion', async () => {
  const { fields } = await get(`/api/bw/v1/fields?${range}&signal=spans&prefix=`, fieldsAnswer);
  expect(fields.slice(0, 2).map(field => field.key)).toEqual(['service', 'env']);
  expect(fields.find(field => field.key === 'cart.items')).toMatchObject({ source: 'attribute', type: 'number' });
  expect(fields.find(field => field.key === 'resource.host.name')).toMatchObject({ source: 'resource' });
  const services = await get(`/api/bw/v1/fields/service/values?${range}&signal=spans&prefix=CH`, fieldValuesAnswer);
  expect(services.values).toEqual([{ value: 'checkout', count: 720 }]);
  const levels = await get(`/api/bw/v1/fields/level/values?${range}&signal=logs`, fieldValuesAnswer);
  expect(levels.values.map(({ value }) => value)).toEqual(['info', 'error']);
  const hosts = await get(`/api/bw/v1/fields/host.name/values?${range}&signal=spans`, fieldValuesAnswer);
  expect(hosts.values.map(({ value }) => value)).toEqual(['host-checkout', 'host-gateway']);
});

test('a bad request is told what to change', async () => {
  expect(await refused(`/api/bw/v1/traces?${range}&q=status:eror`)).toBe(
    '400 bad-query Unknown status "eror": one of unset, ok, error.',
  );
  expect(await refused('/api/bw/v1/traces?from=5&to=1')).toContain('400 bad-request The range ends before it begins');
  expect(await refused(`/api/bw/v1/traces?${range}&cursor=x`)).toContain('400 bad-request The cursor is not one');
  expect(await refused('/api/bw/v1/traces/xyz')).toContain('400 bad-request traceId: a trace id is 32 hex digits');
  expect(await refused(`/api/bw/v1/traces/${'f'.repeat(32)}`)).toContain('404 not-found There is no trace');
  expect(await refused('/api/bw/v1/status', { host: 'evil.example' })).toContain(
    '403 forbidden The Host header "evil.example"',
  );
});

test('a parameter that is missing or wrong is told what it needs', async () => {
  const needsMs = 'needs a time in milliseconds since 1970, a whole number';
  expect(await refused('/api/bw/v1/services')).toBe(`400 bad-request from: ${needsMs}; to: ${needsMs}`);
  expect(await refused('/api/bw/v1/traces?from=now-1h&to=9e99')).toBe(
    `400 bad-request from: ${needsMs}; to: ${needsMs}`,
  );
  expect(await refused(`/api/bw/v1/traces?${range}&limit=0`)).toBe('400 bad-request limit: must be at least 1');
  expect(await refused(`/api/bw/v1/traces?${range}&limit=many`)).toBe('400 bad-request limit: needs a whole number');
  expect(await refused(`/api/bw/v1/traces?${range}&q=a&q=b`)).toBe(
    '400 bad-request q: is given more than once: give it once',
  );
  expect(await refused(`/api/bw/v1/logs?${range}&q=${'a'.repeat(5000)}`)).toBe(
    '400 bad-request q: must be at most 4096 characters long',
  );
  expect(await refused(`/api/bw/v1/fields?${range}`)).toBe(
    '400 bad-request signal: must be one of spans, logs, errors',
  );
});

test('a method that a path does not take, and an address that is none, are refused in the shape of every error', async () => {
  const headers = { host: 'localhost' };
  const write = await app.inject({ method: 'DELETE', url: `/api/bw/v1/traces/${sampleTraceId}?x=1`, headers });
  expect([write.statusCode, write.headers['allow'], write.json()]).toMatchObject([
    405,
    'GET',
    { error: { code: 'wrong-method', message: '/api/bw/v1/traces/:traceId takes GET, not DELETE.' } },
  ]);
  expect(await refused('/api/bw/v1/flush')).toBe('405 wrong-method /api/bw/v1/flush takes POST, not GET.');
  expect(await refused('/%ff')).toContain('400 bad-request');
});

test('what is different about failed requests is told with a term that finds it; a question that selects nothing is refused', async () => {
  const failed = await get(
    `/api/bw/v1/difference?${range}&q=service:checkout kind:server&selected=status:error`,
    differenceAnswer,
  );
  expect([failed.selected.count, failed.reference.count]).toEqual([36, 324]);
  expect(failed.differences[0]).toMatchObject({
    term: 'error.type:PaymentDeclined',
    selectedShare: 1,
    referenceShare: 0,
    also: [{ term: 'http.status:502' }],
  });
  expect(await refused(`/api/bw/v1/difference?${range}`)).toContain('Nothing is selected');
  expect(await refused(`/api/bw/v1/difference?${range}&selectedFrom=1`)).toContain('go together');
});

test('single spans stand for all that match: a fast, a typical, a slow and a failed one, and the slowest of each step', async () => {
  const samples = await get(
    `/api/bw/v1/traces/samples?${range}&q=service:gateway kind:server&steps=12`,
    traceSamplesAnswer,
  );
  expect([samples.fastest?.durationMs, samples.slowest?.durationMs]).toEqual([40, 3000]);
  expect(samples.slowest).toMatchObject({ traceId: sampleTraceId(100), spanId: sampleSpanId(100, 1), failed: false });
  expect(samples.typical?.durationMs).toBeGreaterThan(55);
  expect(samples.typical?.durationMs).toBeLessThan(60);
  expect(samples.failed).toMatchObject({ traceId: sampleTraceId(359), failed: true });
  expect(samples.slowestOfSteps.length).toBeGreaterThanOrEqual(12);
  expect(samples.slowestOfSteps.map(({ traceId }) => traceId)).toContain(sampleTraceId(100));
  const { slowestOfSteps, ...others } = await get(
    `/api/bw/v1/traces/samples?${range}&q=service:gateway kind:server&steps=12&only=steps`,
    traceSamplesAnswer,
  );
  expect([slowestOfSteps, others]).toEqual([
    samples.slowestOfSteps,
    { fastest: null, typical: null, slowest: null, failed: null },
  ]);
  const nothing = await get(`/api/bw/v1/traces/samples?${range}&q=service:nobody`, traceSamplesAnswer);
  expect(nothing).toEqual({ fastest: null, typical: null, slowest: null, failed: null, slowestOfSteps: [] });
});

test('[C11] endpoints and calls of all services are ranked by their total time', async () => {
  const { endpoints, calls } = await get(`/api/bw/v1/offenders?${range}`, offendersAnswer);
  expect(endpoints.map(({ service, name, kind, requests }) => [service, name, kind, requests])).toEqual([
    ['gateway', 'GET /orders/:id', 'server', 360],
    ['checkout', 'GET /orders/:id', 'server', 360],
  ]);
  expect(endpoints.reduce((sum, { timeShare }) => sum + timeShare, 0)).toBeCloseTo(1, 6);
  expect(endpoints[0]?.totalMs).toBeGreaterThan(endpoints[1]?.totalMs ?? Infinity);
  expect(calls.map(({ service, name, kind, type, addresses }) => [service, name, kind, type, addresses])).toEqual([
    ['gateway', 'checkout', 'client', 'http', ['checkout:8080']],
    ['checkout', 'postgresql shop', 'client', 'db', ['postgresql shop']],
  ]);
});

test('[C10] services and offenders are compared with an earlier time', async () => {
  const half = (sampleStartMs + sampleEndMs) / 2;
  const compared = `from=${half}&to=${sampleEndMs}&cmpFrom=${sampleStartMs}&cmpTo=${half}`;
  const { services } = await get(`/api/bw/v1/services?${compared}`, servicesAnswer);
  const gateway = services.find(({ name }) => name === 'gateway');
  expect(gateway?.before?.errorRatio).toBeCloseTo(0.1, 1);
  expect(gateway?.before?.p95Ms).toBeLessThan(gateway?.p95Ms ?? 0);
  const { endpoints } = await get(`/api/bw/v1/offenders?${compared}`, offendersAnswer);
  expect(endpoints.map(({ totalChange }) => typeof totalChange)).toEqual(['number', 'number']);
  const alone = await get(`/api/bw/v1/services?${range}`, servicesAnswer);
  expect(alone.services.map(({ before }) => before)).toEqual([null, null]);
  expect(await refused(`/api/bw/v1/services?${range}&cmpFrom=1`)).toContain('belong together');
});
