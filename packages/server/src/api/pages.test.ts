import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { QueryTooSlow, type Store } from '../store/store.js';
import { serverSideLink } from './receiver-link.test.support.js';
import { buildApi } from './start-api.js';

let app: FastifyInstance;
let withoutPages: FastifyInstance;
let uiDir: string;
let isStopping = false;

/** A store that can not answer: what these routes do must not need it. */
const closedStore: Store = {
  query: () => Promise.reject(new QueryTooSlow('closed')),
  queryBytes: () => Promise.reject(new QueryTooSlow('closed')),
  queryBlocks: () => Promise.reject(new QueryTooSlow('closed')),
  insert: () => Promise.reject(new Error('closed')),
  command: () => Promise.reject(new Error('closed')),
  close: () => Promise.resolve(),
};

beforeAll(async () => {
  uiDir = await mkdtemp(join(tmpdir(), 'bellwether-ui-'));
  await mkdir(join(uiDir, 'assets'));
  await writeFile(
    join(uiDir, 'index.html'),
    '<!doctype html><script>theme()</script><script src="/assets/a-1.js"></script>',
  );
  await writeFile(join(uiDir, 'assets', 'a-1.js'), 'export {}');
  await writeFile(join(uiDir, 'assets', 'a-1.js.gz'), gzipSync('export {}'));
  const deps = {
    store: closedStore,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.0.0',
    startedAtMs: 5000,
    demo: false,
    dataDir: uiDir,
    log: Fastify({ logger: { level: 'error' } }).log,
  };
  app = await buildApi({ ...deps, uiDir }, () => isStopping);
  withoutPages = await buildApi({ ...deps, uiDir: undefined });
});

afterAll(async () => {
  await app.close();
  await withoutPages.close();
  await rm(uiDir, { recursive: true, force: true });
});

const html = { host: 'localhost', accept: 'text/html' };

/** The type of what `/metrics` answers. */
const metricsType = async (accept: string): Promise<string> => {
  const answer = await app.inject({ method: 'GET', url: '/metrics?q=up', headers: { host: 'localhost', accept } });
  expect(answer.headers['vary']).toContain('accept');
  return String(answer.headers['content-type']).split(';')[0] ?? '';
};

test('/metrics is a page to a browser, and the own metrics to whoever scrapes', async () => {
  expect(await metricsType('text/html,application/xhtml+xml')).toBe('text/html');
  expect(await metricsType('application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1')).toBe('text/plain');
  expect(await metricsType('*/*')).toBe('text/plain');
});

test('every address of the pages gets index.html, asked for anew each time', async () => {
  for (const url of ['/', '/services', '/traces/4bf92f3577b34da6a3ce929d0e0e4736?view=flame']) {
    const answer = await app.inject({ method: 'GET', url, headers: html });
    expect([answer.statusCode, answer.headers['cache-control'], answer.body.slice(0, 15)]).toEqual([
      200,
      'no-cache',
      '<!doctype html>',
    ]);
  }
});

test('files with a hash in their name are kept for ever', async () => {
  const answer = await app.inject({ method: 'GET', url: '/assets/a-1.js', headers: html });
  expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const missing = await app.inject({ method: 'GET', url: '/assets/a-0.js', headers: html });
  expect(missing.statusCode).toBe(404);
});

const script = (encoding: string): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'GET', url: '/assets/a-1.js', headers: { ...html, 'accept-encoding': encoding } });

test('files that the build packed are sent packed to who takes that, and plain to who does not', async () => {
  const packed = await script('br, gzip');
  expect([packed.headers['content-encoding'], packed.headers['content-type'], packed.headers['vary']]).toEqual([
    'gzip',
    'application/javascript; charset=utf-8',
    'accept-encoding',
  ]);
  expect(packed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(gunzipSync(packed.rawPayload).toString()).toBe('export {}');
  const plain = await script('identity');
  expect([plain.headers['content-encoding'], plain.headers['vary'], plain.body]).toEqual([
    undefined,
    'accept-encoding',
    'export {}',
  ]);
});

test('the pages load nothing from elsewhere, and run no script that was not built', async () => {
  const { headers } = await app.inject({ method: 'GET', url: '/', headers: html });
  expect(headers['content-security-policy']).toMatchInlineSnapshot(
    `"default-src 'self'; script-src 'self' 'sha256-Rfr3GgHZFiXm+TmNr+li+0sZ4J9FGllo8jsXcJF5XZ8='; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"`,
  );
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('without built pages the answer says how to build them', async () => {
  const answer = await withoutPages.inject({ method: 'GET', url: '/', headers: html });
  expect([answer.statusCode, answer.body]).toEqual([404, expect.stringContaining('npm run build')]);
});

const message = async (url: string): Promise<string> => {
  const answer = await app.inject({ method: 'GET', url, headers: html });
  expect(answer.statusCode).toBe(404);
  return answer.body;
};

test('an unknown path of the API is told the nearest one', async () => {
  expect(await message('/api/bw/v1/service')).toContain(
    'There is no GET /api/bw/v1/service here. Did you mean /api/bw/v1/services?',
  );
  expect(await message('/api/v1/trace')).toContain('Did you mean /api/bw/v1/traces?');
  expect(await message('/jaeger/api/service')).toContain('/jaeger/api/services');
  const forgotten = await app.inject({ method: 'GET', url: '/services', headers: { host: 'localhost' } });
  expect(forgotten.body).toContain('Did you mean /api/bw/v1/services?');
  const far = await app.inject({ method: 'GET', url: '/settings', headers: { host: 'localhost' } });
  expect(far.body).toContain('The API is described at /api/bw/v1/openapi.json.');
});

test('[T9] telemetry that is sent to the port of the pages hears where it is taken', async () => {
  const answer = await app.inject({ method: 'POST', url: '/v1/traces', headers: { host: 'localhost' }, payload: {} });
  expect(answer.statusCode).toBe(404);
  expect(answer.json().error.message).toMatch(/Telemetry is taken at (?:http|the ingest port)/);
});

test('[U5] live asks nobody; ready says 503 with Retry-After while the store does not answer, and never why', async () => {
  const live = await app.inject({ method: 'GET', url: '/health/live', headers: { host: 'localhost' } });
  expect([live.statusCode, live.json()]).toEqual([200, { status: 'alive' }]);
  const ready = await app.inject({ method: 'GET', url: '/health/ready', headers: { host: 'localhost' } });
  expect([ready.statusCode, ready.headers['retry-after']]).toEqual([503, '1']);
  expect(ready.body).not.toContain('closed');
  isStopping = true;
  const stopping = await app.inject({ method: 'GET', url: '/health/ready', headers: { host: 'localhost' } });
  expect(stopping.json()).toMatchObject({ error: { message: 'The server is stopping.' } });
  isStopping = false;
});

test('metrics count answers by route, never by address', async () => {
  await app.inject({ method: 'GET', url: '/api/bw/v1/traces/secret-in-the-path', headers: { host: 'localhost' } });
  const { body } = await app.inject({ method: 'GET', url: '/metrics', headers: { host: 'localhost' } });
  expect(body).toContain(
    'bellwether_http_request_duration_seconds_count{route="/api/bw/v1/traces/:traceId",status="400"} 1',
  );
  expect(body).toContain('bellwether_server_start_time_seconds 5');
  expect(body).toMatch(/bellwether_server_cpu_seconds_total \d+\.\d/);
  expect(body).not.toContain('secret-in-the-path');
});

test('a query at a limit says what to narrow, and an error of ours tells nothing of the inside', async () => {
  const slow = await app.inject({
    method: 'GET',
    url: '/api/bw/v1/services?from=0&to=1',
    headers: { host: 'localhost' },
  });
  expect([slow.statusCode, slow.json<{ error: { code: string } }>().error.code]).toEqual([504, 'too-slow']);
  const flush = await app.inject({ method: 'POST', url: '/api/bw/v1/flush', headers: { host: 'localhost' } });
  expect([flush.statusCode, flush.headers['retry-after']]).toEqual([503, '1']);
  const foreign = await app.inject({
    method: 'POST',
    url: '/api/bw/v1/flush',
    headers: { host: 'localhost', origin: 'https://evil.example' },
  });
  expect(foreign.statusCode).toBe(403);
});
