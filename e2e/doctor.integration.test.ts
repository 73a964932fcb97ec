import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, cli, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const run = promisify(execFile);

const finding = z.object({
  level: z.enum(['ok', 'warning', 'failure']),
  text: z.string(),
  remedy: z.string().optional(),
  example: z.string().optional(),
});
type Finding = z.infer<typeof finding>;

// Tests switch these ports off for whoever starts a Bellwether with defaults; the doctor is to look at them all.
const env = { ...process.env };
for (const name of ['DATADOG', 'STATSD', 'FLUENT', 'SYSLOG']) delete env[`BELLWETHER_${name}`];

async function doctor(dataDir: string, flags: readonly string[] = []): Promise<readonly Finding[]> {
  const { stdout } = await run(process.execPath, [cli, 'doctor', '--data', dataDir, '--json', ...flags], { env });
  return z.array(finding).parse(JSON.parse(stdout));
}

/** Asks the doctor until it says something like `text`. */
async function told(what: RegExp, dataDir: string, flags: readonly string[] = []): Promise<Finding> {
  let all: readonly Finding[] = [];
  return until(`the doctor says ${what.source}`, 60_000, async () => {
    all = await doctor(dataDir, flags);
    return all.find(({ text }) => what.test(text));
  }).catch((error: unknown) => {
    throw new Error(`instead it says:\n${all.map(({ text }) => text).join('\n')}`, { cause: error });
  });
}

/** Runs a client in a process of its own, to its end. What it thinks of the answer is its own affair. */
async function client(
  code: string,
  env: NodeJS.ProcessEnv = {},
  cwd = join(root, 'packages', 'server'),
): Promise<void> {
  const type = code.includes('require(') ? 'commonjs' : 'module';
  await run(process.execPath, [`--input-type=${type}`, '-e', code], {
    cwd,
    env: { ...process.env, ...env },
    timeout: 120_000,
  }).catch(() => undefined);
}

/** A span or a counter by OpenTelemetry's SDK. */
const span = (exporter: 'proto' | 'http' | 'grpc', options: object, startMs = Date.now()): Promise<void> =>
  client(`
    import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-${exporter}';
    import { resources, tracing } from '@opentelemetry/sdk-node';
    const provider = new tracing.BasicTracerProvider({
      resource: resources.resourceFromAttributes({ 'service.name': 'mistaken' }),
      spanProcessors: [new tracing.SimpleSpanProcessor(new OTLPTraceExporter({ timeoutMillis: 2000, ...${JSON.stringify(options)} }))],
    });
    provider.getTracer('t').startSpan('GET /', { startTime: ${startMs} }).end(${startMs + 5});
    await provider.shutdown();`);

const text = (address: string, bytes: string | Uint8Array): Promise<void> =>
  new Promise(resolve => {
    const { hostname, port } = new URL(address);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('error', () => resolve()).on('close', () => resolve());
    socket.on('data', () => socket.end());
    setTimeout(() => socket.destroy(), 3000);
  });

const post = async (
  url: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<void> => {
  const sent = await fetch(url, { method: 'POST', body: Buffer.from(body), headers });
  await sent.arrayBuffer();
};

const sentryClient = join('src', 'receive', 'test-support', 'clients', 'sentry.mjs');
const sentry = (dsn: string): Promise<unknown> =>
  run(process.execPath, [sentryClient, '@sentry/node', dsn, 'errors'], { cwd: join(root, 'packages', 'server') }).catch(
    () => undefined,
  );

const datadogFolder = join(root, 'packages', 'server', 'clients', 'datadog');
async function datadogTracer(url: string): Promise<void> {
  if (!existsSync(join(datadogFolder, 'node_modules')))
    await run(
      'npm',
      ['ci', '--ignore-scripts', '--omit=optional', '--engine-strict=false', '--no-audit', '--no-fund'],
      {
        cwd: datadogFolder,
      },
    );
  const code = `
    // It sends as long as it lives: until its traces were answered.
    require('node:diagnostics_channel').subscribe('http.client.response.finish', ({ request }) => {
      if (request.path.endsWith('/traces')) process.exit(0);
    });
    const tracer = require('dd-trace').init({ service: 'mistaken', flushInterval: 50 });
    tracer.trace('settle', () => {});
    setInterval(() => {}, 1000);`;
  await client(code, { DD_TRACE_AGENT_URL: url }, datadogFolder);
}

const protobufSpans = Buffer.from('0a1b0a190a170a0c736572766963652e6e616d6512070a0573686f70', 'hex');
const otlpJson = (atMs: number): string =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: '5b8efff798038103d269b633813fc60c',
                spanId: 'eee19b7ec3c1b174',
                name: 'GET /',
                startTimeUnixNano: `${atMs}000000`,
                endTimeUnixNano: `${atMs + 1}000000`,
              },
            ],
          },
        ],
      },
    ],
  });

/** What somebody does who changes one URL and gets it wrong; what the doctor says of it, and what it says to change. */
const mistakes: readonly {
  readonly name: string;
  readonly make: (to: Instance) => Promise<unknown>;
  readonly says: RegExp;
  readonly remedy: RegExp;
}[] = [
  {
    name: 'OTLP over HTTP to the gRPC port',
    make: ({ grpc }) => span('proto', { url: `${grpc}/v1/traces` }),
    says: /\(otlp\/grpc, 127\.0\.0\.1.*HTTP\/1\.1 came to the gRPC port/,
    remedy: /to the HTTP port/,
  },
  {
    name: 'OTLP over gRPC to the HTTP port',
    make: ({ otlp }) => span('grpc', { url: otlp }),
    says: /\(otlp\/http, 127\.0\.0\.1.*gRPC \(HTTP\/2\) came to the HTTP port/,
    remedy: /to the gRPC port/,
  },
  {
    name: 'TLS to the plain HTTP port',
    make: ({ otlp }) => span('proto', { url: `${otlp.replace('http:', 'https:')}/v1/traces` }),
    says: /TLS came to the HTTP port, which is plain/,
    remedy: /with http:\/\//,
  },
  {
    name: 'TLS to the plain gRPC port',
    make: ({ grpc }) => span('grpc', { url: grpc.replace('http:', 'https:') }),
    says: /TLS came to the gRPC port, which is plain/,
    remedy: /OTEL_EXPORTER_OTLP_INSECURE/,
  },
  {
    name: 'a path with a letter too few',
    make: ({ otlp }) => span('proto', { url: `${otlp}/v1/trace` }),
    says: /\(otlp\/http, .*OTel-OTLP-Exporter.*nothing at \/v1\/trace \(it looks like an OTLP request\)/,
    remedy: /^Did you mean \/v1\/traces\? Set OTEL_EXPORTER_OTLP_ENDPOINT to the bare address/,
  },
  {
    name: 'the path of a signal twice',
    make: ({ otlp }) => span('http', { url: `${otlp}/v1/traces/v1/traces` }),
    says: /nothing at \/v1\/traces\/v1\/traces/,
    remedy: /^Did you mean \/v1\/traces\? .*the bare address/,
  },
  {
    name: 'an address of a signal without its path',
    make: ({ otlp }) => span('proto', { url: otlp }),
    says: /looks like a request without a path/,
    remedy: /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT .* need the whole path/,
  },
  {
    name: 'protobuf that says it is JSON',
    make: ({ otlp }) => post(`${otlp}/v1/traces`, protobufSpans, { 'content-type': 'application/json' }),
    says: /the content type says JSON, and the body is protobuf/,
    remedy: /Content-Type: application\/x-protobuf/,
  },
  {
    name: 'JSON that says it is protobuf',
    make: ({ otlp }) => post(`${otlp}/v1/traces`, otlpJson(Date.now()), { 'content-type': 'application/x-protobuf' }),
    says: /the content type says protobuf, and the body is JSON/,
    remedy: /Content-Type: application\/json/,
  },
  {
    name: 'remote write that nobody packed',
    make: ({ otlp }) => post(`${otlp}/api/v1/write`, protobufSpans, { 'content-type': 'application/x-protobuf' }),
    says: /\(prometheus\/remote-write, .*not in snappy’s block format.*protobuf that nobody packed; send it in snappy’s block format/,
    remedy: /check the exporter/,
  },
  {
    name: "remote write with the path of another server's",
    make: ({ otlp }) => post(`${otlp}/api/v1/receive`, 'x', { 'content-type': 'application/x-protobuf' }),
    says: /\(prometheus\/remote-write, .*nothing at \/api\/v1\/receive/,
    remedy: /\/api\/v1\/write/,
  },
  {
    name: 'Loki with half of its path',
    make: ({ otlp }) => post(`${otlp}/loki/api/push`, '{"streams":[]}', { 'content-type': 'application/json' }),
    says: /\(loki, .*nothing at \/loki\/api\/push/,
    remedy: /\/loki\/api\/v1\/push/,
  },
  {
    name: 'a Sentry DSN with a path before its project',
    make: ({ otlp }) => sentry(`${otlp.replace('//', '//demo@')}/sentry/1`),
    says: /\(sentry, .*nothing at \/sentry\/api\/1\/envelope\//,
    remedy: /http:\/\/<key>@<host>:4318\/<project>/,
  },
  {
    name: "a Datadog tracer on OTLP's port",
    make: ({ otlp }) => datadogTracer(otlp),
    says: /\(datadog, .*nothing at \/v0\.\d\/traces \(it looks like a Datadog tracer's request\)/,
    remedy: /DD_TRACE_AGENT_URL to the Datadog port/,
  },
  {
    name: "StatsD on OTLP's port",
    make: ({ otlp }) =>
      client(`
        import HotShots from 'hot-shots';
        const { hostname, port } = new URL('${otlp}');
        const metrics = new HotShots.StatsD({ host: hostname, port: Number(port), protocol: 'tcp', errorHandler() {} });
        metrics.increment('orders.placed', () => metrics.close(() => process.exit(0)));`),
    says: /StatsD came to the HTTP port/,
    remedy: /8125 unless set otherwise/,
  },
  {
    name: 'syslog on the gRPC port',
    make: ({ grpc }) => text(grpc, '<34>1 2026-01-01T00:00:00Z host shop - - - hello\n'),
    says: /syslog came to the gRPC port/,
    remedy: /5514 unless set otherwise/,
  },
  {
    name: "HTTP on the forward protocol's port",
    make: ({ others }) => text(`http://${others.fluent}`, 'POST / HTTP/1.1\r\nhost: a\r\n\r\n'),
    says: /\(fluent, .*not Fluentd’s forward protocol/,
    remedy: /HTTP and JSON go to the HTTP port/,
  },
  {
    name: "OTLP on syslog's port",
    make: ({ others }) => span('proto', { url: `http://${others.syslog}/v1/traces` }),
    says: /\(syslog, .*HTTP came to the syslog port/,
    remedy: /to the HTTP port/,
  },
  {
    name: "OTLP on Datadog's port",
    make: ({ others }) => span('proto', { url: `http://${others.datadog}/v1/traces` }),
    says: /nothing at \/v1\/traces \(it looks like an OTLP request\)/,
    remedy: /http:\/\/127\.0\.0\.1:4318/,
  },
];

const dataDir = newDataDir();
let instance: Instance;
let atFirst: readonly Finding[];
let said: readonly Finding[];

beforeAll(async () => {
  instance = await startInstance(dataDir);
  atFirst = await doctor(dataDir);
  for (const { make } of mistakes) await make(instance);
  // A last one, so that all before it are told.
  await post(`${instance.otlp}/the-last`, '', {});
  await told(/the-last/, dataDir);
  said = await doctor(dataDir);
}, 600_000);
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
});

test('[T9] nobody sends: the doctor names every open port and what to set at each kind of sender', () => {
  const { otlp, grpc, others } = instance;
  const open = atFirst
    .filter(({ level, text }) => level === 'ok' && text.includes('answers on'))
    .map(({ text }) => text);
  for (const at of [instance.api, otlp, grpc, ...Object.values(others)])
    expect(open.join('\n')).toContain(`answers on ${at}.`);
  const nobody = atFirst.find(({ text }) => text === 'Nobody has sent anything since the start.');
  expect(nobody?.remedy).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}`);
  expect(nobody?.remedy).toContain(`DD_TRACE_AGENT_URL=http://${others.datadog}`);
  expect(nobody?.remedy).toContain(`${otlp}/api/v1/write`);
  expect(atFirst.some(({ text }) => text.startsWith('Ledger: 0 items received'))).toBe(true);
});

test.each(mistakes)('[T9] $name: the doctor says who, what and how often, and what to change', ({ says, remedy }) => {
  const found = said.find(each => says.test(each.text)) ?? { text: said.map(each => each.text).join('\n'), remedy: '' };
  expect(found.text).toMatch(/^Refused (?:once|[\d,]+ times) \([\w/-]+, .*127\.0\.0\.1.*, last \d+ (?:s|min) ago\): /);
  expect(found.remedy).toMatch(remedy);
});

test('[T9] only refused: the doctor does not say that nobody sends', () => {
  expect(said.map(({ text }) => text)).toContain('Nothing that came since the start could be kept.');
});

test('[T9] a clock that is an hour off, and a sender without a name', async () => {
  await span('proto', { url: `${instance.otlp}/v1/traces` }, Date.now() + 3_600_000);
  await post(`${instance.otlp}/v1/traces`, otlpJson(Date.now()), { 'content-type': 'application/json' });
  const clock = await told(/The clock of mistaken .* is 60 min ahead of ours/, dataDir);
  expect(clock.remedy).toContain('NTP');
  const nameless = await told(/not say which service it is/, dataDir);
  expect(nameless.remedy).toContain('OTEL_SERVICE_NAME');
});

test('[T9] lines of StatsD that can not be read', async () => {
  await text(`http://${instance.others.statsd}`, 'orders placed 1\n');
  const found = await told(/\(statsd, /, dataDir);
  expect(found.level).toBe('warning');
});

test('[T9] keys: none and a wrong one; too many series; a target that is down; the disk budget; a port that another has', async () => {
  const otherDataDir = newDataDir();
  const config = join(otherDataDir, 'bellwether.yaml');
  const holder: Server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => holder.once('listening', resolve));
  const held = holder.address();
  const heldPort = held !== null && typeof held === 'object' ? held.port : 0;
  const key = 'k'.repeat(32);
  writeFileSync(
    config,
    `ingest:
  datadog: 127.0.0.1:${heldPort}
  maxSeriesPerMetric: 10
  keys:
    - { name: production, workspace: default, sha256: ${createHash('sha256').update(key).digest('hex')} }
scrape:
  configs:
    - job_name: gone
      scrape_interval: 1s
      scrape_timeout: 1s
      static_configs: [{ targets: ['127.0.0.1:1'] }]
retention:
  maxDiskGiB: 50
`,
  );
  const flags = ['--config', config];
  const guarded = await startInstance(otherDataDir, [...flags, '--datadog', `127.0.0.1:${heldPort}`]);
  try {
    const url = `${guarded.otlp}/v1/traces`;
    await span('proto', { url });
    await span('proto', { url, headers: { 'x-bellwether-key': 'wrong' } });
    await sentry(`${guarded.otlp.replace('//', '//wrong@')}/1`);
    await client(`
      import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
      import { metrics } from '@opentelemetry/sdk-node';
      const exporter = new OTLPMetricExporter({ url: '${guarded.otlp}/v1/metrics', headers: { 'x-bellwether-key': '${key}' } });
      const reader = new metrics.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
      const orders = new metrics.MeterProvider({ readers: [reader] }).getMeter('m').createCounter('orders');
      for (let i = 0; i < 40; i++) orders.add(1, { 'user.id': 'u' + i });
      await reader.forceFlush();`);
    const none = await told(/\(otlp\/http, .*the request has no key/, otherDataDir, flags);
    expect(none.remedy).toContain('OTEL_EXPORTER_OTLP_HEADERS="x-bellwether-key=<key>"');
    const wrong = await told(/\(otlp\/http, .*the key is not known here/, otherDataDir, flags);
    expect(wrong.remedy).toContain('ingest.keys');
    await told(/\(sentry, .*the key is not known here/, otherDataDir, flags);
    const series = await told(/The metric orders has more than 10 series: \d+ points/, otherDataDir, flags);
    expect(series.remedy).toMatch(/ingest\.maxSeriesPerMetric/);
    const down = await told(/Scraping: 0 targets up, 1 down/, otherDataDir, flags);
    expect(down.level).toBe('warning');
    const port = await told(/Datadog .*not taken, port \d+ is in use/, otherDataDir, flags);
    expect(port.remedy).toContain('--datadog');
    const missing = join(otherDataDir, 'missing.yaml');
    await told(/^The configuration can not be used here.*missing\.yaml/, otherDataDir, ['--config', missing]);
    await told(/Disk budget: 50\.0 GiB/, otherDataDir, flags);
  } finally {
    await guarded.stop();
    await new Promise(resolve => holder.close(resolve));
    removeDataDir(otherDataDir);
  }
}, 300_000);

test('nothing runs: that is said, with exit code 1', async () => {
  const nowhere = newDataDir();
  const failed = await run(process.execPath, [cli, 'doctor', '--data', nowhere]).catch((error: unknown) => error);
  removeDataDir(nowhere);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('No Bellwether runs with the data folder') });
});
