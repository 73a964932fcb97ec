import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configReference } from './config-reference.js';
import { BadConfig, loadConfig, readConfig } from './load-config.js';
import type { Config } from './schema.js';

const none = { flags: {}, env: {}, cwd: '/srv' };
const read = (text: string, sources: Partial<typeof none> & object = {}): Config =>
  readConfig({ text, name: 'bellwether.yaml' }, { ...none, ...sources });

function problems(text: string, sources: object = {}): string {
  try {
    read(text, sources);
  } catch (error) {
    if (error instanceof BadConfig) return `${error.message}\n`;
    throw error;
  }
  return 'no problem\n';
}

test('an empty file is every default', () => {
  expect(read('')).toEqual({
    dataDir: '/srv/bellwether-data',
    listen: { host: '127.0.0.1', port: 4300 },
    ingest: {
      http: { host: '127.0.0.1', port: 4318 },
      grpc: { host: '127.0.0.1', port: 4317 },
      datadog: { host: '127.0.0.1', port: 8126 },
      statsd: { host: '127.0.0.1', port: 8125 },
      statsdFlushSeconds: 10,
      statsdGaugeSeconds: 300,
      statsdSignedGauges: 'delta',
      statsdMaxSeries: 50_000,
      fluent: { host: '127.0.0.1', port: 24224 },
      syslog: { host: '127.0.0.1', port: 5514 },
      keyless: { workspace: 'default', networks: [] },
      maxBodyBytes: 67108864,
      limits: { burstSeconds: 10 },
      rememberedRequests: 2_000_000,
      maxSeriesPerMetric: 10_000,
      maxSeries: 1_000_000,
      keys: [],
    },
    scrape: { file: undefined, workspace: 'default', ownJobs: [], jobs: [] },
    enrich: { scrub: { emails: true, ips: false, dryRun: false, hash: [], rules: [] }, routes: [] },
    wal: { maxBytes: 4294967296 },
    blocks: { maxBytes: 4294967296 },
    tailSampling: { keepRarePerMinute: 5, holdSeconds: 10, maxHeldBytes: 67108864, workspaces: {} },
    retention: { tracesDays: 30, logsDays: 30, metricsDays: 30, workspaces: {}, maxDiskBytes: undefined },
    findings: {
      slowQueryMs: 100,
      repeatedCalls: 5,
      manyRows: 1000,
      chattyCalls: 10,
      sequentialMs: 30,
      poolWaitMs: 50,
      stallMs: 100,
      payloadBytes: 1048576,
    },
    dashboards: { folder: undefined },
    uptime: { allowInternal: false, maxRunning: 20, workspace: 'default', checks: [], maintenance: [] },
    query: {
      maxSeconds: 10,
      maxMemoryBytes: 1073741824,
      promqlCacheBytes: 268435456,
      promqlFeatures: ['promql-experimental-functions', 'promql-duration-expr'],
    },
  });
});

test('[A9] a flag goes before the environment, that before the file, and the file before the default', () => {
  const file = 'listen: 1\ningest:\n  http: 2\n  grpc: off\ndata: from-file\n';
  const env = {
    BELLWETHER_LISTEN: '3',
    BELLWETHER_INGEST: '[::1]:4',
    BELLWETHER_RETENTION_LOGS_DAYS: '5',
    BELLWETHER_WAL_MAX_BYTES: '2 GiB',
  };
  const config = read(file, { flags: { listen: 'localhost:6' }, env });
  expect(config.listen).toEqual({ host: 'localhost', port: 6 });
  expect(config.ingest.http).toEqual({ host: '::1', port: 4 });
  expect(config.ingest.grpc).toBeUndefined();
  expect(config.dataDir).toBe('/srv/from-file');
  expect(config.retention.logsDays).toBe(5);
  expect(config.wal.maxBytes).toBe(2 * 1024 ** 3);
});

test('[A9] a key from the environment is kept as its hash only', () => {
  const file = 'ingest:\n  keys:\n    - {name: prod, env: PROD_KEY, workspace: acme}\n';
  const config = read(file, { env: { PROD_KEY: 'very-secret' } });
  expect(config.ingest.keys).toEqual([
    { name: 'prod', workspace: 'acme', sha256: createHash('sha256').update('very-secret').digest('hex') },
  ]);
  expect(JSON.stringify(config)).not.toContain('very-secret');
});

test('what is wrong in a file is named with line, column, key and remedy', async () => {
  const cases = [
    'listen: [4300\ndata: x\n',
    'listen: 4300\nlisten: 4301\n',
    'lisen: 4300\ningest:\n  htp: 4318\n  maxBodyBytes: lots\n  keys:\n    - name: prod\n',
    'listen: 127.0.0.1:99999\nretention:\n  tracesDays: 0.5\n  logsDays: many\n',
    'ingest: off\nwal:\n  maxBytes: 5 MB\nquery:\n  maxSeconds: 0\n',
    'ingest:\n  keys:\n    - name: prod\n      sha256: my-secret\n    - name: "a b"\n      env: KEY\n    - {name: c, tokn: x, env: A}\n',
    'ingest:\n  keys:\n    - name: prod\n      env: NOT_SET\n',
    '- listen\n',
    'just text\n',
  ];
  const golden = cases.map(text => `${text}=>\n${problems(text)}`).join('\n');
  await expect(golden).toMatchFileSnapshot('golden/config-problems.txt');
  expect(golden.match(/^bellwether.*my-secret/m)).toBeNull();
});

test('a wrong flag or variable is named by its own name', () => {
  expect(problems('', { flags: { listen: 'nowhere:' }, env: { BELLWETHER_QUERY_MAX_SECONDS: 'long' } })).toBe(
    '--listen must be a port (4318), host:port (127.0.0.1:4318, [::1]:4318) or off\n' +
      'BELLWETHER_QUERY_MAX_SECONDS must be a number of seconds from 1 to 600\n',
  );
});

test('a file that was named must exist; the one of the working directory may be absent', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'bellwether-config-'));
  expect((await loadConfig({ flags: {}, env: {}, cwd })).listen?.port).toBe(4300);
  await expect(loadConfig({ flags: { config: 'other.yaml' }, env: {}, cwd })).rejects.toThrow(
    'other.yaml: can not be read (there is no such file); name an existing file with --config, or leave it out',
  );
  await writeFile(join(cwd, 'bellwether.yaml'), 'listen: 4400\n');
  expect((await loadConfig({ flags: {}, env: {}, cwd })).listen?.port).toBe(4400);
  await rm(cwd, { recursive: true });
});

test('[B5] what is sampled is said for all workspaces and for single ones', () => {
  const { tailSampling } = read('tailSampling: {share: 0.1, holdSeconds: 5, workspaces: {shop: {share: 1}}}');
  expect(tailSampling).toMatchObject({ share: 0.1, holdSeconds: 5, workspaces: { shop: { share: 1 } } });
  expect(problems('tailSampling:\n  share: 10\n')).toBe(
    'bellwether.yaml:2:10: tailSampling.share must be a share above 0 and up to 1, as 0.1\n',
  );
});

test("the reference page of the guide is the schema's", async () => {
  await expect(configReference()).toMatchFileSnapshot('../../../../docs/guide/configuration.md');
});

test('checks of the file are complete, and a header may come from the environment', () => {
  const text = `uptime:
  checks:
    - kind: http
      id: front
      url: https://shop.example/health
      headers: { authorization: 'env:FRONT_KEY' }`;
  const [check] = read(text, { env: { FRONT_KEY: 'Bearer s3same' } }).uptime.checks;
  expect(check).toMatchObject({
    everySeconds: 60,
    expectStatus: '200-299',
    headers: { authorization: 'Bearer s3same' },
  });
  expect(() => read(text)).toThrow('uptime.checks[0].headers.authorization: the variable FRONT_KEY is not set');
  expect(() => read('uptime: { checks: [{ kind: http, id: front, url: "ftp://x" }] }')).toThrow(/uptime.checks/);
});
