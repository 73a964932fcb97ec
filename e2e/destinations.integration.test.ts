import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'bellwether-roads-'));
const dataDir = newDataDir();
let instance: Instance;

/** The same for every road: 20 requests, of which 2 fail with an error that is reported, and 7 stories that a meter counts. */
const service = `
import { createServer } from 'node:http';
import { captureException, setTag, setUser } from '@bellwether/node';
import { metrics } from '@opentelemetry/api';

const stories = metrics.getMeter('stories').createCounter('stories.published');
const server = createServer((request, response) => {
  if (request.url === '/fails') {
    setUser({ id: 'u-7' });
    setTag('genre', 'crime');
    captureException(new TypeError('no ink left'));
    response.statusCode = 500;
  }
  response.end();
});
server.listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port;
  for (let index = 0; index < 18; index++) await (await fetch(url + '/story')).text();
  for (let index = 0; index < 2; index++) await (await fetch(url + '/fails')).text();
  stories.add(7, { genre: 'crime' });
  server.close();
  server.closeAllConnections();
});
`;

/** The environment alone chooses the road; the service is called by it. */
const roads = (): Readonly<Record<string, Record<string, string>>> => ({
  bellwether: { BELLWETHER_URL: instance.otlp },
  newrelic: { APM_PROVIDER: 'newrelic', NEW_RELIC_LICENSE_KEY: 'nr-key', NEW_RELIC_OTLP_ENDPOINT: instance.otlp },
  datadog: {
    APM_PROVIDER: 'datadog',
    DD_TRACE_AGENT_URL: `http://${instance.others.datadog}`,
    DD_DOGSTATSD_PORT: instance.others.statsd.split(':')[1] ?? '',
  },
  sentry: {
    BELLWETHER_DESTINATIONS: 'sentry',
    SENTRY_DSN: `${instance.otlp.replace('://', '://public@')}/7`,
    BELLWETHER_SENTRY_SPANS: 'true',
  },
  both: {
    BELLWETHER_DESTINATIONS: 'bellwether,sentry,datadog',
    BELLWETHER_URL: instance.otlp,
    // Nobody is there: the others must not notice.
    DD_TRACE_AGENT_URL: 'http://127.0.0.1:9',
    SENTRY_DSN: 'http://public@127.0.0.1:9/7',
  },
});

beforeAll(async () => {
  instance = await startInstance(dataDir);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"name":"stories","version":"1.0.0","type":"module"}');
  writeFileSync(join(folder, 'service.js'), service);
  for (const [name, environment] of Object.entries(roads()))
    await run(process.execPath, ['--import', '@bellwether/node/register', 'service.js'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], OTEL_SERVICE_NAME: name, BELLWETHER_SPOOL: 'off', ...environment },
    });
  await instance.flush();
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
  rmSync(folder, { recursive: true, force: true });
});

const answer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

async function value(query: string): Promise<number> {
  const found = answer.parse(await instance.get(`/api/v1/query?query=${encodeURIComponent(query)}`));
  return Number(found.data.result[0]?.value[1] ?? 0);
}

const page = z.object({
  logs: z.array(z.object({ body: z.string(), attributes: z.array(z.object({ key: z.string(), value: z.unknown() })) })),
});

async function errors(name: string): Promise<z.infer<typeof page>['logs']> {
  const query = new URLSearchParams({
    q: `service:${name} event:exception`,
    from: String(Date.now() - 600_000),
    to: String(Date.now() + 60_000),
  });
  return page.parse(await instance.get(`/api/bw/v1/logs?${query}`)).logs;
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

test.each(['bellwether', 'newrelic', 'datadog', 'sentry', 'both'])(
  '[A2] by the road %s every request arrives once, with both its ends and its outcome',
  async name => {
    const all = await tracesOf(`service:${name}`);
    expect([
      all.length,
      new Set(all.map(trace => trace.traceId)).size,
      new Set(all.map(trace => trace.spanCount)),
    ]).toEqual([20, 20, new Set([2])]);
    expect(await tracesOf(`service:${name} kind:server status:error`)).toHaveLength(2);
  },
);

test.each(['bellwether', 'newrelic', 'sentry', 'both'])(
  '[A2] by the road %s errors arrive with what was said about them',
  async name => {
    const found = await errors(name);
    expect(found.map(log => log.body)).toEqual(['no ink left', 'no ink left']);
    const of = (key: string): unknown => found[0]?.attributes.find(attribute => attribute.key === key)?.value;
    expect([of('exception.type'), of('user.id'), of('genre'), of('sentry.mechanism.handled')]).toEqual([
      'TypeError',
      'u-7',
      'crime',
      'true',
    ]);
    expect(String(of('exception.stacktrace'))).toContain('service.js');
  },
);

test.each(['bellwether', 'newrelic', 'datadog', 'both'])(
  '[A2] by the road %s metrics have the same value',
  async name => {
    const query = `sum(stories_published_total{job="${name}"}) or sum(stories_published_total{service="${name}"}) or sum(stories_published{service="${name}"})`;
    expect(await until('the metric is there', 60_000, async () => (await value(query)) || undefined)).toBe(7);
  },
);
