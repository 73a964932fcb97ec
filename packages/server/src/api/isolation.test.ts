import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDefinition, queryHash, statusAnswer } from '@bellwether/model';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlStore, openControlStore } from '../control/control-store.js';
import { decode } from '../decode/decode.js';
import type { ReceiverStatus, SignalCounts } from '../handover/messages.js';
import { Checks } from '../uptime/checks.js';
import { BlockBuilder } from '../write/block-builder.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import { serverSideLink } from './receiver-link.test.support.js';
import { receiverStatus, scrapeTarget } from './receiver-status.test.support.js';
import { shopTelemetry } from './shop-telemetry.test-support.js';
import { apiRoutes, buildApi } from './start-api.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-isolation-'));
const toMs = Math.floor(Date.now() / 60_000) * 60_000;
const shop = shopTelemetry(toMs);
/** What a receiver says: all of it the one workspace's, but for a request with a key that nobody has. */
const received = receiverStatus({
  signals: [
    {
      workspace: 'theirs',
      signals: { traces: counted(7, 2), logs: counted(5, 0), metrics: counted(3, 0), files: counted(0, 0) },
    },
    {
      workspace: '',
      signals: { traces: counted(0, 1), logs: counted(0, 0), metrics: counted(0, 0), files: counted(0, 0) },
    },
  ],
  rejections: [refusal('theirs', 'their spans have no id'), refusal('', 'nobody has this key')],
  senders: [
    {
      workspace: 'theirs',
      service: 'their-sender',
      userAgent: 'sdk',
      protocol: 'otlp/http',
      items: 1,
      lastSeenMs: 0,
      clockSkewMs: undefined,
    },
  ],
  scrapeTargets: [scrapeTarget('theirs', 'their-target')],
});

function counted(accepted: number, rejected: number): SignalCounts {
  return { accepted, rejected, lastAcceptedAtMs: undefined };
}

function refusal(workspace: string, reason: string): ReceiverStatus['rejections'][number] {
  return { workspace, reason, remedy: '', protocol: 'otlp/http', sender: '10.0.0.7', atMs: 0, count: 1, example: '' };
}

const facts = {
  receiver: { ...serverSideLink(), status: () => received },
  version: '1.2.3',
  startedAtMs: 1000,
  demo: false,
  dataDir: folder,
};
const trace = '1'.padStart(32, '0');
const finding = 'f1'.repeat(8);
const beat = 'their-job';

/** What stands in the telemetry and the decisions of the one workspace, and nowhere else. */
const words = [
  'shop',
  'worker',
  'orders',
  'items',
  'stripe',
  'redis',
  'postgresql',
  '1.1.0',
  'PayRefused',
  'Seq Scan',
  'their',
  '7.7.7',
  'Nightly',
];

let store: TestStore;
let control: ControlStore;
let checks: Checks;
let app: FastifyInstance;
/** Of what was stored or made for `theirs`. */
let ids: { readonly error: string; readonly log: string; readonly logNs: string; readonly view: string };

const ask = async (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  workspace: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: string }> => {
  const answer = await app.inject({
    method,
    url: path.startsWith('/jaeger') ? path : `/api/bw/v1${path}`,
    headers: { host: 'localhost', 'x-scope-orgid': workspace },
    ...(body !== undefined && { payload: body }),
  });
  return { status: answer.statusCode, body: answer.body };
};

const range = `from=${shop.fromMs}&to=${toMs}`;

beforeAll(async () => {
  store = await openTestStore();
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  const exception = {
    'exception.type': 'PayRefused',
    'exception.message': 'no',
    'exception.stacktrace': 'PayRefused: no\n    at pay (/srv/shop/src/pay.ts:3:9)',
  };
  const line = {
    timeUnixNano: `${toMs - 30_000}000000`,
    severityNumber: 17,
    traceId: trace,
    body: { stringValue: 'their payment was refused' },
    attributes: Object.entries(exception).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  const signup = {
    timeUnixNano: `${toMs - 40_000}000000`,
    eventName: 'their.signup',
    body: { stringValue: 'their signup' },
    attributes: [
      { key: 'user.id', value: { stringValue: 'their-user' } },
      { key: 'tenant.id', value: { stringValue: 'their-tenant' } },
    ],
  };
  const failed = { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [line, signup] }] }] };
  const builder = new BlockBuilder();
  for (const [i, [signal, request]] of (
    [
      ['traces', shop.traces],
      ['metrics', shop.metrics],
      ['logs', shop.logs],
      ['logs', failed],
    ] as const
  ).entries())
    builder.add(decode(signal, 'json', Buffer.from(JSON.stringify(request))), {
      workspace: 'theirs',
      recordSeq: i + 1,
      receivedMs: toMs,
    });
  await store.load(builder.cut());
  const at = `fromUnixTimestamp64Milli(toInt64(${toMs - 60_000}))`;
  await store.engine.command(
    `INSERT INTO findings (workspace, ts, finding, kind, service, route, subject, trace_id, span_id, times, lost_ns, weight, facts, received)
SELECT 'theirs', ${at}, ${BigInt(`0x${finding}`)}, 'slow-query', 'shop', 'GET /their', 'SELECT orders', unhex('${trace}'), unhex('0000000000000101'), 1, 5000000, 1, '{}', today()`,
  );
  await store.engine.command(
    `INSERT INTO raw_files (workspace, ts, kind, name, service, trace_id, attrs, data, received)
SELECT 'theirs', ${at}, 'profile', 'their-profile', 'shop', unhex('${trace}'), map('profile.kind', 'cpu', 'profile.trace_ids', '${trace}'), 'x', today()`,
  );
  await store.engine.command(
    `INSERT INTO map_links (workspace, hour, service, peer, called, calls, received) SELECT 'theirs', toStartOfHour(${at}), 'shop', 'their-peer', 'worker', 9, today()`,
  );

  const migrations = fileURLToPath(new URL('../../control-migrations', import.meta.url));
  control = openControlStore(join(folder, 'control.db'), migrations, '0.1.0');
  checks = new Checks({
    control,
    fromFile: [],
    maxRunning: 1,
    reach: { allowInternal: false, resolve: async () => [] },
    report: () => undefined,
    now: Date.now,
    log: { warn: () => undefined },
  });
  app = await buildApi({
    ...facts,
    store: store.engine,
    control,
    uptime: { checks, control },
    listen: { host: '127.0.0.1', port: 0 },
    uiDir: undefined,
    log: Fastify({ logger: { level: 'error' } }).log,
  });

  const made = async (method: 'POST' | 'PUT', path: string, body: object): Promise<unknown> => {
    const answer = await ask(method, path, 'theirs', body);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  };
  const { errors } = JSON.parse((await ask('GET', `/errors?${range}`, 'theirs')).body) as {
    readonly errors: readonly { readonly id: string; readonly type: string }[];
  }; // its schema is in the model
  const error = errors.find(({ type }) => type === 'PayRefused')?.id ?? '';
  const { logs } = JSON.parse((await ask('GET', `/logs?${range}`, 'theirs')).body) as {
    readonly logs: readonly { readonly id: string; readonly timeNs: string }[];
  }; // its schema is in the model
  await made('POST', '/errors/acts', { ids: [error], act: { kind: 'assign', owner: 'their-team' } });
  await made('PUT', `/findings/${finding}/state`, { state: 'ignored' });
  await made('POST', '/releases', {
    version: '7.7.7',
    commits: [{ sha: 'abcdef1', author: 'their author', atMs: toMs, message: 'their commit', files: [] }],
  });
  await made('POST', '/deploys', { version: '7.7.7', service: 'shop', atMs: toMs - 60_000 });
  await made(
    'PUT',
    '/checks/their-job',
    checkDefinition.parse({ kind: 'heartbeat', id: beat, name: 'Nightly backup' }),
  );
  const view = (await made('POST', '/views', { name: 'their view', address: '/logs?q=their' })) as {
    readonly id: string;
  }; // its schema is in the model
  ids = { error, log: logs[0]?.id ?? '', logNs: String(logs[0]?.timeNs), view: view.id };
}, 60_000);

afterAll(async () => {
  await app.close();
  await checks.stop();
  control.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const api = '/api/bw/v1';
const hash = queryHash('SELECT orders');
const samples = `cmpFrom=${shop.fromMs - 60_000}&cmpTo=${shop.fromMs}`;

/** Every route that reads, with what is asked of it. */
const reads: Readonly<Record<string, () => string>> = {
  [`${api}/caches`]: () => `/caches?${range}`,
  [`${api}/tasks`]: () => `/tasks?${range}`,
  [`${api}/external`]: () => `/external?${range}`,
  [`${api}/databases`]: () => `/databases?${range}`,
  [`${api}/databases/:name/queries/:hash`]: () => `/databases/postgresql%20shop/queries/${hash}?${range}`,
  [`${api}/services/:service/runtime`]: () => `/services/shop/runtime?${range}`,
  [`${api}/services`]: () => `/services?${range}&${samples}`,
  [`${api}/offenders`]: () => `/offenders?${range}`,
  [`${api}/services/:service/charts`]: () => `/services/shop/charts?${range}`,
  [`${api}/services/:service/overview`]: () => `/services/shop/overview?${range}`,
  [`${api}/releases`]: () => '/releases',
  [`${api}/deploys`]: () => `/deploys?${range}`,
  [`${api}/services/:service/deploys`]: () => `/services/shop/deploys?${range}`,
  [`${api}/traces`]: () => `/traces?${range}`,
  [`${api}/traces/histogram`]: () => `/traces/histogram?${range}`,
  [`${api}/traces/samples`]: () => `/traces/samples?${range}&steps=3`,
  [`${api}/traces/:traceId`]: () => `/traces/${trace}?${range}`,
  [`${api}/traces/:traceId/spans/:spanId`]: () => `/traces/${trace}/spans/0000000000000101?${range}`,
  [`${api}/traces/:traceId/logs`]: () => `/traces/${trace}/logs?${range}`,
  [`${api}/traces/:traceId/findings`]: () => `/traces/${trace}/findings`,
  [`${api}/errors`]: () => `/errors?${range}&state=all`,
  [`${api}/errors/activity`]: () => '/errors/activity',
  [`${api}/errors/:id`]: () => `/errors/${ids.error}?${range}`,
  [`${api}/errors/:id/event`]: () => `/errors/${ids.error}/event?${range}`,
  [`${api}/errors/:id/similar`]: () => `/errors/${ids.error}/similar?${range}`,
  [`${api}/difference`]: () => `/difference?${range}&selected=${encodeURIComponent('duration > 30ms')}`,
  [`${api}/findings`]: () => `/findings?${range}&state=all`,
  [`${api}/findings/:id`]: () => `/findings/${finding}?${range}`,
  [`${api}/logs`]: () => `/logs?${range}`,
  [`${api}/logs/histogram`]: () => `/logs/histogram?${range}`,
  [`${api}/logs/patterns`]: () => `/logs/patterns?${range}`,
  [`${api}/logs/context`]: () => `/logs/context?timeNs=${ids.logNs}&id=${ids.log}&service=shop`,
  [`${api}/logs/:id`]: () => `/logs/${ids.log}?timeNs=${ids.logNs}`,
  [`${api}/map`]: () => `/map?${range}`,
  [`${api}/flame`]: () => `/flame?${range}`,
  [`${api}/checks`]: () => '/checks',
  [`${api}/checks/:id`]: () => `/checks/${beat}`,
  [`${api}/profiles`]: () => `/profiles?${range}&trace=${trace}`,
  [`${api}/profiles/:name`]: () => `/profiles/their-profile?${range}`,
  [`${api}/cardinality`]: () => `/cardinality?${range}`,
  [`${api}/fields`]: () => `/fields?${range}&signal=spans`,
  [`${api}/fields/:key/values`]: () => `/fields/service/values?${range}&signal=spans`,
  [`${api}/active-users`]: () => `/active-users?to=${toMs}`,
  [`${api}/usage`]: () => `/usage?${range}`,
  [`${api}/funnel`]: () => `/funnel?${range}&steps=their.signup,paid`,
  [`${api}/views`]: () => '/views',
  [`${api}/lookup`]: () => `/lookup?text=${trace}`,
  '/jaeger/api/services': () => '/jaeger/api/services',
  '/jaeger/api/services/:service/operations': () => '/jaeger/api/services/shop/operations',
  '/jaeger/api/operations': () => '/jaeger/api/operations?service=shop',
  '/jaeger/api/traces': () => `/jaeger/api/traces?service=shop&start=${shop.fromMs}000&end=${toMs}000`,
  '/jaeger/api/traces/:traceID': () => `/jaeger/api/traces/${trace}`,
  '/jaeger/api/dependencies': () => `/jaeger/api/dependencies?endTs=${toMs}&lookback=3600000`,
};

/** They tell of the instance, of files, or need a receiver; a heartbeat's address is a secret of its own. */
const ofTheInstance = [
  `${api}/status`,
  `${api}/storage`,
  `${api}/ledger`,
  `${api}/dashboards`,
  `${api}/dashboards/:uid`,
  `${api}/heartbeats/:token`,
];

/** They tell numbers, or ids of what was asked for. */
const wordless = [
  `${api}/services/:service/charts`,
  `${api}/traces/histogram`,
  `${api}/logs/histogram`,
  `${api}/errors/:id/similar`,
  `${api}/lookup`,
  `${api}/cardinality`,
  `${api}/funnel`,
];

test('every route that reads is asked from another workspace', () => {
  const paths = apiRoutes(facts).flatMap(({ method, path }) => (method === 'GET' ? [path] : []));
  expect([...Object.keys(reads), ...ofTheInstance].toSorted()).toEqual([...new Set(paths)].toSorted());
});

test.each(Object.keys(reads))(
  'GET %s tells the one workspace what it has, and nothing of it to another',
  async path => {
    const asked = reads[path]?.() ?? '';
    const own = await ask('GET', asked, 'theirs');
    expect([own.status, own.body]).toEqual([200, expect.any(String)]);
    const told = words.filter(word => !decodeURIComponent(asked).includes(word));
    expect(wordless.includes(path) || told.some(word => own.body.includes(word))).toBe(true);
    const other = await ask('GET', asked, 'mine');
    expect([200, 404]).toContain(other.status);
    expect(told.filter(word => other.body.includes(word))).toEqual([]);
    // The one error is like no other: there is nothing to tell.
    expect(path === `${api}/errors/:id/similar` || other.body !== own.body).toBe(true);
  },
);

const writes: readonly (readonly [string, () => Parameters<typeof ask>])[] = [
  ['an error is resolved', () => ['PUT', `/errors/${ids.error}/state`, 'mine', { state: 'resolved' }]],
  [
    'an error is assigned',
    () => ['POST', '/errors/acts', 'mine', { ids: [ids.error], act: { kind: 'assign', owner: 'me' } }],
  ],
  [
    'an error is merged',
    () => ['POST', '/errors/acts', 'mine', { ids: [ids.error], act: { kind: 'merge', into: 'a'.repeat(16) } }],
  ],
  ['a finding is resolved', () => ['PUT', `/findings/${finding}/state`, 'mine', { state: 'resolved' }]],
  [
    'findings are resolved together',
    () => ['POST', '/findings/acts', 'mine', { ids: [finding], decision: { state: 'resolved' } }],
  ],
  ['a view is renamed', () => ['PUT', `/views/${ids.view}`, 'mine', { name: 'mine now' }]],
  ['a view is removed', () => ['DELETE', `/views/${ids.view}`, 'mine']],
  ['a check is removed', () => ['DELETE', `/checks/${beat}`, 'mine']],
];

test.each(writes)('%s: not from another workspace', async (_, asked) => {
  const answer = await ask(...asked());
  expect([answer.status, answer.body]).toEqual([404, expect.any(String)]);
});

/** What the status lists for a workspace. */
async function listed(workspace: string): Promise<readonly string[]> {
  const { rejections, senders, scrapeTargets } = statusAnswer.parse(
    JSON.parse((await ask('GET', '/status', workspace)).body),
  );
  return [
    ...rejections.map(({ reason }) => reason),
    ...senders.map(({ service }) => service),
    ...scrapeTargets.map(({ job }) => job),
  ];
}

test('[Q4] [W32] the status lists refusals, senders and scrape targets of who asks, and refusals of requests that are nobody’s', async () => {
  expect(await listed('mine')).toEqual(['nobody has this key']);
  expect(await listed('theirs')).toEqual([
    'their spans have no id',
    'nobody has this key',
    'their-sender',
    'their-target',
  ]);
});

/** What the status says came for a workspace. */
async function counts(workspace: string): Promise<unknown> {
  const { signals } = statusAnswer.parse(JSON.parse((await ask('GET', '/status', workspace)).body));
  return Object.entries(signals).map(([name, { accepted, rejected }]) => [name, accepted, rejected]);
}

test('[Q4] the status counts what came for who asks, and refusals of requests that are nobody’s', async () => {
  expect(await counts('mine')).toEqual([
    ['traces', 0, 1],
    ['logs', 0, 0],
    ['metrics', 0, 0],
  ]);
  expect(await counts('theirs')).toEqual([
    ['traces', 7, 3],
    ['logs', 5, 0],
    ['metrics', 3, 0],
  ]);
});

test('what another workspace makes under the same names leaves the first as it was', async () => {
  const kept = async (): Promise<readonly string[]> => {
    const paths = ['/checks', '/views', '/releases', `/findings/${finding}?${range}`, '/errors/activity'];
    return Promise.all(paths.map(async path => (await ask('GET', path, 'theirs')).body));
  };
  const before = await kept();
  for (const [method, path, body] of [
    ['PUT', `/checks/${beat}`, checkDefinition.parse({ kind: 'heartbeat', id: beat, name: 'mine' })],
    ['POST', '/views', { name: 'their view', address: '/mine' }],
    ['POST', '/releases', { version: '7.7.7', url: 'https://mine.example/' }],
    ['POST', '/deploys', { version: '7.7.7', service: 'shop' }],
    ['PUT', '/status-page', { slug: 'mine', title: 'Mine' }],
  ] as const)
    expect((await ask(method, path, 'mine', body)).status).toBe(200);
  expect(await kept()).toEqual(before);
  expect((await ask('DELETE', `/checks/${beat}`, 'mine')).status).toBe(200);
  expect(await kept()).toEqual(before);
});

const page = async (slug: string): Promise<readonly [number, string]> => {
  const { statusCode, body } = await app.inject({ url: `/status/${slug}`, headers: { host: 'localhost' } });
  return [statusCode, body];
};

test('a status page shows what its workspace shows of itself, for whoever asks, and is gone once it is switched off', async () => {
  const secret = { kind: 'http', id: 'shown', name: 'Checkout', url: 'https://10.0.0.7/secret', onStatusPage: true };
  expect((await ask('PUT', '/checks/shown', 'open', secret)).status).toBe(200);
  await ask('PUT', '/status-page', 'open', { slug: 'open', title: 'Open' });
  expect((await ask('PUT', '/status-page', 'mine', { slug: 'open', title: 'Mine' })).status).toBe(409);
  const pages = await Promise.all([page('open'), page('open'), page('open')]);
  for (const [status, html] of pages) {
    expect(status).toBe(200);
    expect(html).toContain('Checkout');
    expect(html).not.toMatch(/secret|10\.0\.0\.7|Nightly/);
  }
  await ask('PUT', '/status-page', 'open', { slug: 'open', title: 'Renamed' });
  expect((await page('open'))[1]).toContain('<h1>Renamed');
  await ask('PUT', '/status-page', 'open', { slug: '', title: '' });
  expect((await page('open'))[0]).toBe(404);
});

test('a header that comes back hidden is known by its own name only, not by what every object has', async () => {
  const check = { kind: 'http', id: 'hooks', url: 'https://hooks.example/' };
  await ask('PUT', '/checks/hooks', 'mine', { ...check, headers: { authorization: 'Bearer secret' } });
  const forged = await ask('PUT', '/checks/hooks', 'mine', {
    ...check,
    headers: { authorization: '(hidden)', constructor: '(hidden)' },
  });
  expect([forged.status, forged.body]).toEqual([400, expect.stringContaining('constructor')]);
  expect((await ask('GET', '/checks/hooks', 'mine')).body).not.toContain('secret');
});
