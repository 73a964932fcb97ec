import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { serverSideLink } from '../api/receiver-link.test.support.js';
import { receiverStatus, scrapeTarget } from '../api/receiver-status.test.support.js';
import { emptyStore } from '../api/sample-store.test.support.js';
import { buildApi } from '../api/start-api.js';
import type { ReceiverStatus } from '../handover/messages.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { SampleCache } from './sample-cache.js';

/** A receiver that scrapes one target for the owner. */
const statusWith = (word: string): ReceiverStatus =>
  receiverStatus({
    overflows: [{ workspace: 'owner', metric: word, limit: 1, points: 1, lastAtMs: 0 }],
    scrapeTargets: [scrapeTarget('owner', word)],
  });

let app: FastifyInstance;
const sampleCache = new SampleCache(64 << 20);
let store: ChdbStore;
let close: () => Promise<void>;

const nowS = Math.floor(Date.now() / 1000);
const at = `fromUnixTimestamp64Milli(toInt64(${nowS}000), 'UTC')`;
/** Only the workspace "owner" may see it. */
const secret = 'zqsecretzq';

const insert = (table: string, columns: string, rows: string): Promise<void> =>
  store.command(`INSERT INTO ${table} (workspace, ${columns}, received) VALUES ${rows}`);

/** Series, histograms, metadata, exemplars, resources and spans whose every text has `word` in it. */
async function fill(workspace: string, word: string): Promise<void> {
  await insert(
    'metric_series',
    'metric, id, type, unit, description, service, scope_name, resource_id, attrs, last_seen',
    `('${workspace}', '${word}_total', 1, 'counter', '', 'Help of ${word}.', '', '', 0, map('job', 'j_${word}', 'l_${word}', 'v_${word}'), ${at}, today()),
     ('${workspace}', 'shared_total', 2, 'counter', '', '', '', '', 0, map('job', 'j_${word}', 'le', '${word}'), ${at}, today()),
     ('${workspace}', 'otlp.${word}', 3, 'histogram', 's', 'Help of ${word}.', '${word}', 'scope.${word}', 9, map('attr.${word}', 'v_${word}'), ${at}, today()),
     ('${workspace}', 'shared.otlp', 4, 'gauge', '1', '', '${word}', 'scope.${word}', 9, map('http.route', '/${word}'), ${at}, today())`,
  );
  await insert(
    'metric_samples',
    'metric, id, ts, value',
    `('${workspace}', '${word}_total', 1, ${at}, 1, today()), ('${workspace}', 'shared_total', 2, ${at}, 2, today()), ('${workspace}', 'shared.otlp', 4, ${at}, 3, today())`,
  );
  await insert(
    'metric_histograms',
    'metric, id, ts, count, sum, scale, bounds, counts',
    `('${workspace}', 'otlp.${word}', 3, ${at}, 3, 2, -128, [0.1], [1, 2], today())`,
  );
  await insert(
    'metric_metadata',
    'metric, type, unit, help, last_seen',
    `('${workspace}', '${word}_total', 'counter', '', 'Metadata of ${word}.', ${at}, today()), ('${workspace}', 'shared_total', 'counter', '', 'Metadata of ${word}.', ${at}, today())`,
  );
  await insert(
    'exemplars',
    'metric, id, ts, value, trace_id, span_id, attrs',
    `('${workspace}', 'shared_total', 2, ${at}, 1, unhex('0af7651916cd43dd8448eb211c80319c'), unhex('b7ad6b7169203331'), map('user', '${word}'), today())`,
  );
  await insert(
    'resources',
    'id, service, attrs, last_seen',
    `('${workspace}', 9, '${word}', map('service.name', '${word}', 'service.instance.id', 'i-${word}', 'host.name', 'h-${word}'), ${at}, today())`,
  );
  await insert(
    'red_minutes',
    'minute, service, operation, kind, peer, environment, version, tenant_id, count, errors, duration_ns, durations',
    `('${workspace}', toStartOfMinute(now()), '${word}', 'GET /${word}', 2, '${word}', '${word}', '${word}', '${word}', 3, 1, 1000000, map(150, 3), today())`,
  );
}

beforeAll(async () => {
  const opened = await emptyStore();
  store = opened.store;
  await fill('owner', secret);
  await fill('stranger', 'plain');
  for (let n = 0; n < 12; n++) await fill(`crowd-${n}`, `crowd${n}x`);
  app = await buildApi({
    store,
    receiver: {
      ...serverSideLink(),
      connected: () => true,
      status: () => statusWith(secret),
    },
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    startedAtMs: 1000,
    demo: false,
    uiDir: undefined,
    dataDir: opened.dataDir,
    log: Fastify({ logger: { level: 'error' } }).log,
    sampleCache,
    // Nothing comes while these tests run: what threads remember is used.
    seriesVersion: () => 1,
  });
  close = async () => {
    await app.close();
    await opened.close();
  };
});
afterAll(() => close());

async function asked(workspace: string, url: string): Promise<{ readonly code: number; readonly body: string }> {
  const answer = await app.inject({ url, headers: { host: 'localhost', 'x-scope-orgid': workspace } });
  return { code: answer.statusCode, body: answer.body };
}

const q = (params: Readonly<Record<string, string>>): string => new URLSearchParams(params).toString();
const range = { start: String(nowS - 60), end: String(nowS), step: '15' };
const selectors = [
  '{__name__=~".+"}',
  'shared_total',
  '{"shared.otlp"}',
  `{__name__=~"shared_.*|${secret}.*|.*${secret}.*"}`,
  'target_info',
  '{__name__=~".*span_metrics.*"}',
  '{le!=""}',
];
const addresses: readonly string[] = [
  ...selectors.flatMap(query => [
    `/api/v1/query?${q({ query, time: String(nowS) })}`,
    `/api/v1/query?${q({ query: `${query}[5m]`, time: String(nowS) })}`,
    `/api/v1/query_range?${q({ query, ...range })}`,
    `/api/v1/query_exemplars?${q({ query })}`,
    `/api/v1/series?${q({ 'match[]': query })}`,
    `/api/v1/labels?${q({ 'match[]': query })}`,
    `/api/v1/label/job/values?${q({ 'match[]': query })}`,
    `/api/bw/v1/explain?${q({ query: `count(${query})`, ...range })}`,
  ]),
  '/api/v1/labels',
  ...['__name__', 'job', 'instance', 'le', 'otel_scope_name', 'http_route', 'U__http_2e_route', 'host_name'].map(
    name => `/api/v1/label/${name}/values`,
  ),
  '/api/v1/metadata',
  '/api/v1/status/tsdb?limit=100',
  '/api/v1/status/config',
  '/api/v1/status/flags',
  '/api/v1/status/runtimeinfo',
  '/api/v1/targets',
  '/api/v1/rules',
  '/api/v1/alerts',
  '/api/bw/v1/metrics',
  `/api/bw/v1/metrics?search=${secret}`,
  `/api/bw/v1/cardinality?${q({ from: String((nowS - 3600) * 1000), to: String(nowS * 1000) })}`,
  '/api/bw/v1/dashboards',
];

test('no address of the Prometheus API shows anything of another workspace, whoever asked before', async () => {
  const shown = new Set<string>();
  for (const url of addresses) {
    for (let round = 0; round < 2; round++) {
      const own = await asked('owner', url);
      if (own.body.includes(secret)) shown.add(url);
      const others = await Promise.all(['stranger', 'nobody', 'default', 'OWNER'].map(name => asked(name, url)));
      for (const { code, body } of others) {
        expect([url, code < 500]).toEqual([url, true]);
        // What was asked for may stand in an answer.
        const word = url.includes(secret) ? `v_${secret}` : secret;
        expect([url, body.includes(word)]).toEqual([url, false]);
      }
    }
  }
  // The test means something only if the owner sees it nearly everywhere.
  expect(shown.size).toBeGreaterThan(50);
  expect(shown).toContain('/api/v1/targets');
});

const vector = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

const wordOf = (name: string): string =>
  name === 'owner' ? secret : name === 'stranger' ? 'plain' : `crowd${name.slice(6)}x`;

test('workspaces that push each other out of what threads remember see their own series', async () => {
  const names = ['owner', 'stranger', ...Array.from({ length: 12 }, (_, n) => `crowd-${n}`)];
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(
      names.map(async name => ({
        name,
        ...(await asked(name, `/api/v1/query?${q({ query: 'shared_total', time: String(nowS) })}`)),
      })),
    );
    for (const { name, body } of answers) {
      const { data } = vector.parse(JSON.parse(body));
      expect([name, data.result.map(({ metric }) => metric['job'])]).toEqual([name, [`j_${wordOf(name)}`]]);
    }
  }
});

test('what one workspace made the server keep is never what another is told', async () => {
  const { hits } = sampleCache.facts;
  const range = { query: 'shared_total', start: String(nowS - 60), end: String(nowS), step: '15' };
  for (let round = 0; round < 3; round++) {
    const [own, others, nobodys] = await Promise.all(
      ['owner', 'stranger', 'nobody'].map(name => asked(name, `/api/v1/query_range?${q(range)}`)),
    );
    expect(own?.body).toContain(secret);
    expect(others?.body).toContain('shared_total');
    expect(others?.body).not.toContain(secret);
    expect(nobodys?.body).toContain('"result":[]');
  }
  expect(sampleCache.facts.hits).toBeGreaterThan(hits + 3);
});

test('a dashboard is seen, changed and removed by its own workspace only', async () => {
  const headers = { host: 'localhost', 'x-scope-orgid': 'owner' };
  const dashboard = { uid: 'private', title: `Board ${secret}`, panels: [] };
  const put = await app.inject({
    method: 'POST',
    url: '/api/bw/v1/dashboards/import',
    headers,
    payload: { dashboard, replace: true },
  });
  expect(put.statusCode).toBe(200);
  expect((await asked('owner', '/api/bw/v1/dashboards/private')).body).toContain(secret);
  for (const name of ['stranger', 'default', 'OWNER', 'own']) {
    expect((await asked(name, '/api/bw/v1/dashboards/private')).code).toBe(404);
    expect((await asked(name, '/api/bw/v1/dashboards')).body).not.toContain(secret);
    const gone = await app.inject({
      method: 'DELETE',
      url: '/api/bw/v1/dashboards/private',
      headers: { host: 'localhost', 'x-scope-orgid': name },
    });
    expect(gone.statusCode).toBe(404);
  }
  for (const name of ['../owner', 'owner/..', 'owner%2f', 'own er', '.', '..']) {
    expect((await asked(name, '/api/bw/v1/dashboards/private')).code).not.toBe(200);
  }
  expect((await asked('owner', '/api/bw/v1/dashboards/private')).code).toBe(200);
});
