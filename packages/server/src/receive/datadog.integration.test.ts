import { createServer, type Server } from 'node:http';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context, SpanKind, trace, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { core, resources, tracing } from '@opentelemetry/sdk-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../decode/msgpack.test-support.js';
import {
  datadogTracers,
  installDatadogTracers,
  runUnderTracers,
  startShop,
  type DatadogTracer,
} from './datadog-clients.test-support.js';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

let here: StoredHere;
let folder: string;
let payments: Payments;
beforeAll(async () => {
  await installDatadogTracers();
  folder = mkdtempSync(join(tmpdir(), 'bellwether-datadog-'));
  here = await receiveAndStore({
    ports: { datadog: { host: '127.0.0.1', port: 0 } },
    datadogSocket: join(folder, 'apm.socket'),
  });
  payments = await startPayments(here.url);
}, 180_000);
afterAll(async () => {
  await payments.stop();
  await here.close();
  rmSync(folder, { recursive: true });
});

const agent = (): Readonly<Record<string, string>> => ({
  DD_TRACE_AGENT_URL: `http://127.0.0.1:${here.receiver.ports.datadog}`,
});
const socket = (): Readonly<Record<string, string>> => ({ DD_TRACE_AGENT_URL: `unix://${folder}/apm.socket` });

interface Payments {
  readonly url: string;
  /** The provider of a service that speaks OTLP. */
  readonly provider: tracing.BasicTracerProvider;
  stop(): Promise<void>;
}

const w3c = new core.W3CTraceContextPropagator();

/** A service under OpenTelemetry's SDK that sends OTLP: it takes up a trace from W3C headers. */
async function startPayments(ingestUrl: string): Promise<Payments> {
  const provider = new tracing.BasicTracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': 'payments' }),
    spanProcessors: [new tracing.SimpleSpanProcessor(new OTLPTraceExporter({ url: `${ingestUrl}/v1/traces` }))],
  });
  const server: Server = createServer((request, response) => {
    const caller = w3c.extract(context.active(), request.headers, {
      get: (headers: typeof request.headers, key: string) => headers[key],
      keys: (headers: typeof request.headers) => Object.keys(headers),
    });
    provider.getTracer('payments').startSpan('POST /pay', { kind: SpanKind.SERVER }, caller).end();
    response.statusCode = request.url?.startsWith('/pay?card=7') === true ? 402 : 200;
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    provider,
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      await provider.shutdown();
    },
  };
}

function headersOf(caller: Context): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  w3c.inject(caller, headers, { set: (into: Record<string, string>, key, value) => (into[key] = value) });
  return headers;
}

/** A stored span without what differs from run to run. */
function plain(span: unknown): Record<string, unknown> {
  const { attributes, resource, events, ...rest } = Object(span);
  const { ts: _ts, duration_ns: _duration, ...row } = rest;
  return {
    ...row,
    attributes: Object.fromEntries(attributes.map(named)),
    resource: Object.fromEntries(resource.map(named)),
    events,
  };
}
const named = ([key, type, text]: readonly string[]): readonly [string, string] => [key ?? '', `${type}:${text}`];

async function spansOf(service: string, traceId: string): Promise<readonly Record<string, unknown>[]> {
  const rows = (await here.spans()).map(row => Object(row));
  return rows
    .filter(row => row.service === service && row.trace_id === traceId)
    .toSorted((a, b) => Number(BigInt(a.ts) - BigInt(b.ts)))
    .map(plain);
}

/** Attributes that a span of any request has. */
const always = { 'datadog.sampling_priority': 'i:1' };

function processOf(tracer: DatadogTracer, service: string): object {
  return {
    'service.name': `s:${service}`,
    'service.version': 's:1.2.3',
    'service.instance.id': expect.stringMatching(/^s:[0-9a-f-]{36}$/),
    'deployment.environment.name': 's:prod',
    'telemetry.sdk.name': 's:datadog',
    'telemetry.sdk.language': 's:nodejs',
    'telemetry.sdk.version': `s:${tracer.version}`,
    'process.pid': expect.stringMatching(/^i:\d+$/),
    'process.runtime.name': 's:nodejs',
    'process.runtime.version': expect.stringMatching(/^s:2[02]\.\d+\.\d+$/),
    'datadog.tags.process': expect.stringContaining('entrypoint.name:shop'),
  };
}

const ways = datadogTracers.flatMap(tracer => [
  { tracer, way: 'over TCP, 0.4', env: agent, more: {} },
  { tracer, way: 'over a unix socket, 0.5', env: socket, more: { DD_TRACE_AGENT_PROTOCOL_VERSION: '0.5' } },
]);

test.each(ways)(
  '[B8] [B4] $tracer.name $way: every span is stored as OpenTelemetry would have written it, in one trace with the services before and after it',
  async ({ tracer, way, env, more }) => {
    const service = `Shop ${tracer.name} ${way}`;
    const shop = await startShop(tracer, { ...env(), ...more, PAYMENTS_URL: payments.url, DD_SERVICE: service });
    const caller = payments.provider.getTracer('web').startSpan('GET', { kind: SpanKind.CLIENT });
    const { traceId, spanId } = caller.spanContext();
    const order = await fetch(`${shop.url}/orders/7?full=1`, {
      headers: headersOf(trace.setSpan(context.active(), caller)),
    });
    caller.end();
    expect([order.status, await order.json()]).toEqual([200, { id: '7' }]);
    const boom = await fetch(`${shop.url}/boom`, {
      headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01' },
    });
    expect(boom.status).toBe(500);
    const work = Object(await (await fetch(`${shop.url}/work`)).json());
    await shop.quit();

    const resource = processOf(tracer, service);
    const common = {
      service,
      version: '1.2.3',
      trace_state: '',
      scope_name: 'dd-trace',
      scope_version: tracer.version,
      resource,
    };
    const spans = await spansOf(service, traceId);
    const [server] = spans;
    expect(server).toEqual({
      ...common,
      trace_id: traceId,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      parent_span_id: spanId,
      name: 'GET /orders/:id',
      kind: 2,
      status_code: 0,
      status_message: '',
      attributes: expect.objectContaining({
        ...always,
        'http.request.method': 's:GET',
        'http.route': 's:/orders/:id',
        'http.response.status_code': 'i:200',
        'user_agent.original': 's:node',
        'url.scheme': 's:http',
        'url.path': 's:/orders/7',
        'url.query': 's:full=1',
        'server.address': 's:127.0.0.1',
        'server.port': `i:${new URL(shop.url).port}`,
        'datadog.component': 's:fastify',
        'datadog.operation': 's:fastify.request',
        'datadog.type': 's:web',
      }),
      events: [],
      links: [],
    });
    const query = spans.find(({ name }) => name === 'SELECT orders');
    expect(query).toEqual({
      ...common,
      trace_id: traceId,
      span_id: expect.any(String),
      parent_span_id: server?.['span_id'],
      name: 'SELECT orders',
      kind: 3,
      status_code: 0,
      status_message: '',
      attributes: {
        ...always,
        'db.system.name': 's:postgresql',
        'db.namespace': 's:orders',
        'db.user': 's:app',
        'db.query.text': 's:SELECT * FROM orders WHERE id = ? AND owner = ?',
        'db.query.summary': 's:SELECT orders',
        'db.operation.name': 's:SELECT',
        'db.collection.name': 's:orders',
        'server.address': 's:db.local',
        'server.port': 'i:5432',
        'datadog.component': 's:pg',
        'datadog.measured': 'b:true',
        'datadog.operation': 's:pg.query',
        'datadog.service': 's:Shop-postgres',
        'datadog.type': 's:sql',
      },
      events: [],
      links: [],
    });
    const call = spans.find(({ name }) => name === 'GET');
    expect(call).toMatchObject({
      ...common,
      parent_span_id: server?.['span_id'],
      kind: 3,
      status_code: 2,
      attributes: {
        'http.request.method': 's:GET',
        'http.response.status_code': 'i:402',
        'error.type': 's:402',
        'url.full': expect.stringMatching(`^s:${payments.url}/pay`),
        'server.address': 's:127.0.0.1',
        'server.port': `i:${new URL(payments.url).port}`,
      },
    });
    // The services on both sides speak OTLP.
    expect(
      (await spansOf('payments', traceId)).map(row => [row['name'], row['parent_span_id'], row['span_id']]),
    ).toEqual([
      ['GET', '0000000000000000', spanId],
      ['POST /pay', call?.['span_id'], expect.any(String)],
    ]);

    const [failed] = await spansOf(service, '0af7651916cd43dd8448eb211c80319c');
    expect(failed).toMatchObject({
      ...common,
      parent_span_id: '00f067aa0ba902b7',
      name: 'GET /boom',
      kind: 2,
      status_code: 2,
      status_message: 'no such order',
      attributes: { 'http.response.status_code': 'i:500', 'error.type': 's:TypeError' },
      events: [
        {
          n: 'exception',
          a: [
            ['exception.type', 's', 'TypeError'],
            ['exception.message', 's', 'no such order'],
            ['exception.stacktrace', 's', expect.stringMatching(/^TypeError: no such order\n {4}at .*shop\.cjs:/)],
          ],
        },
      ],
    });

    const settled = (await spansOf(service, work.traceId)).find(row => row['span_id'] === work.spanId);
    expect(settled).toEqual({
      ...common,
      trace_id: work.traceId,
      span_id: work.spanId,
      parent_span_id: expect.any(String),
      name: 'settle.batch',
      kind: 1,
      status_code: 0,
      status_message: '',
      attributes: {
        ...always,
        'order.total': 'd:12.5',
        'order.kind': 's:gift',
        'order.count': 'i:3',
        'datadog.operation': 's:settle.batch',
      },
      events: [
        {
          t: '1790000000000000000',
          n: 'cache miss',
          a: [
            ['tries', 'i', '2'],
            ['key', 's', "it's “7”; DROP TABLE spans"],
          ],
        },
      ],
      links: [{ t: work.linked.traceId, s: work.linked.spanId, st: '', a: [['why', 's', 'batch']] }],
    });
  },
  60_000,
);

test.each(datadogTracers)(
  '[B8] $name: statistics, metrics, profiles and what it tells of itself are taken, and it has nothing to complain of',
  async tracer => {
    const service = `Counted-by-${tracer.module}`;
    const shop = await startShop(tracer, {
      ...agent(),
      PAYMENTS_URL: payments.url,
      DD_SERVICE: service,
      DD_TRACE_STATS_COMPUTATION_ENABLED: 'true',
      DD_RUNTIME_METRICS_ENABLED: 'true',
      DD_PROFILING_ENABLED: 'true',
      DD_PROFILING_UPLOAD_PERIOD: '2',
      DD_DYNAMIC_INSTRUMENTATION_ENABLED: 'true',
      DD_TRACE_DEBUG: 'true',
      DD_TRACE_LOG_LEVEL: 'warn',
    });
    await fetch(`${shop.url}/orders/7`);
    await fetch(`${shop.url}/boom`);
    const stored = async (): Promise<readonly Record<string, unknown>[]> =>
      (await here.points()).map(point => Object(point)).filter(point => point.service === service);
    const ofMetric = async (metric: string): Promise<readonly Record<string, unknown>[]> =>
      (await stored()).filter(point => point['metric'] === metric);
    // Tracers count in buckets of ten seconds.
    const patience = { timeout: 25_000, interval: 500 };
    await expect.poll(() => ofMetric('datadog.trace.stats.hits'), patience).not.toEqual([]);
    await expect.poll(() => ofMetric('runtime.node.mem.rss'), patience).not.toEqual([]);
    const complaints = await shop.quit();
    expect(complaints).not.toMatch(/Error (?:from|sending)|status code|Response from the endpoint/i);

    const boom = (await stored())
      .filter(({ metric }) => String(metric).startsWith('datadog.trace.stats.'))
      .map(({ metric, point, attributes }) => [metric, point, Object.fromEntries(Object(attributes))] as const)
      .filter(
        ([, point, attributes]) =>
          attributes['http.route'] === '/boom' && (Array.isArray(point) ? point[1] : point) !== '0',
      );
    const of = {
      'datadog.operation': 'fastify.request',
      'datadog.resource': 'GET /boom',
      'datadog.type': 'web',
      'http.request.method': 'GET',
      'http.response.status_code': '500',
      'http.route': '/boom',
      'span.kind': 'server',
      'datadog.top_level': 'true',
    };
    const one = expect.arrayContaining(['1']);
    expect(boom).toHaveLength(3);
    expect(boom).toEqual(
      expect.arrayContaining([
        ['datadog.trace.stats.hits', '1', of],
        ['datadog.trace.stats.errors', '1', of],
        ['datadog.trace.stats.duration', one, of],
      ]),
    );
    expect(await ofMetric('orders.count')).toEqual(
      expect.arrayContaining([expect.objectContaining({ attributes: [['plan', 'pro']] })]),
    );

    const profiles = await here.rows<Record<string, unknown>>(
      `SELECT name, environment, version, attrs['profile.start'] != '' AS has_start, hex(substring(data, 1, 2)) AS magic FROM raw_files WHERE kind = 'profile' AND service = '${service}'`,
    );
    const names = new Set(profiles.map(({ name }) => name));
    expect([...names]).toEqual(expect.arrayContaining(['wall.pprof', 'space.pprof']));
    expect(profiles[0]).toMatchObject({ environment: 'prod', version: '1.2.3', magic: '1F8B' });
    expect(here.status()?.rejections.filter(({ protocol }) => protocol === 'datadog')).toEqual([]);
    expect(here.status()?.senders.some(({ userAgent }) => userAgent === `dd-trace nodejs ${tracer.version}`)).toBe(
      true,
    );
  },
  60_000,
);

test('[B8] the example of the guide runs as it stands there, and its span arrives', async () => {
  const guide = readFileSync(
    fileURLToPath(new URL('../../../../docs/guide/send-from-datadog.md', import.meta.url)),
    'utf8',
  );
  const block = (language: string): string =>
    new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(guide)?.[1] ?? '';
  const env = Object.fromEntries(
    [...block('sh').matchAll(/\b([A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  );
  expect(env).toEqual({
    DD_TRACE_AGENT_URL: 'http://127.0.0.1:8126',
    DD_SERVICE: 'shop',
    DD_ENV: 'production',
    DD_VERSION: '1.2.3',
  });
  await runUnderTracers(block('cjs'), { ...env, ...agent() });
  const spans = (await here.spans())
    .map(row => Object(row))
    .filter(row => row.service === 'shop')
    .map(plain);
  expect(spans).toMatchObject([
    {
      name: 'settle.batch',
      version: '1.2.3',
      attributes: { 'order.count': 'i:3', 'datadog.resource': 's:nightly' },
      resource: { 'deployment.environment.name': 's:production' },
    },
  ]);
});

test('text that looks like SQL, in every place a tracer can write to, is stored as text', async () => {
  const hostile = "'); \n\nDROP TABLE spans;\n\n";
  const span = {
    service: `planted${hostile}`,
    name: hostile,
    resource: hostile,
    type: hostile,
    trace_id: 77,
    span_id: 78,
    parent_id: 79,
    start: BigInt(Date.now()) * 1_000_000n,
    duration: 1,
    error: 1,
    meta: {
      [hostile]: hostile,
      env: hostile,
      version: hostile,
      'runtime-id': hostile,
      'error.type': hostile,
      'error.message': hostile,
      'error.stack': hostile,
      'db.type': hostile,
      'db.statement': `SELECT 1 ${hostile}`,
      'http.url': hostile,
      'w3c.tracestate': hostile,
      events: JSON.stringify([{ name: hostile, time_unix_nano: 1, attributes: { [hostile]: hostile } }]),
      '_dd.span_links': JSON.stringify([
        { trace_id: '1', span_id: '2', tracestate: hostile, attributes: { a: hostile } },
      ]),
    },
    metrics: { [`n${hostile}`]: 1 },
    meta_struct: { [hostile]: pack({ [hostile]: hostile }) },
  };
  const row = { Service: hostile, Name: hostile, Resource: hostile, Type: hostile, HTTPMethod: hostile, Hits: 1 };
  const stats = { Env: hostile, Hostname: hostile, Stats: [{ Start: span.start, Duration: 10, Stats: [row] }] };
  const send = async (path: string, body: Uint8Array): Promise<number> =>
    (await fetch(`http://127.0.0.1:${here.receiver.ports.datadog}${path}`, { method: 'PUT', body })).status;
  expect([await send('/v0.4/traces', pack([[span]])), await send('/v0.6/stats', pack(stats))]).toEqual([200, 200]);
  const stored = (await here.spans()).map(row => Object(row)).find(row => row.service === span.service);
  expect(stored).toMatchObject({ name: hostile, status_message: hostile, version: hostile });
  expect(Object.fromEntries(stored.attributes.map(named))).toMatchObject({ [hostile]: `s:${hostile}` });
  expect((await here.points()).some(point => Object(point).service === hostile)).toBe(true);
});
