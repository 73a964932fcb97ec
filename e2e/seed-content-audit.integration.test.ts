import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Peer, startPostgres, startRedis } from '../packages/sdk/dist/test-support/peers.js';
import { type Instance, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
const peers: Peer[] = [];
let instance: Instance;
let url = '';
const answers: { readonly status: number; readonly responseTime: string | null; readonly body: string }[] = [];

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', 'x-user': 'u-1', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  answers.push({
    status: answer.status,
    responseTime: answer.headers.get('x-response-time'),
    body: await answer.text(),
  });
}

beforeAll(async () => {
  const [postgres, redis] = [await startPostgres(), await startRedis()];
  peers.push(postgres, redis);
  instance = await startInstance(dataDir);
  const main = join(root, 'examples', 'seeds', 'dist', 'content-audit', 'main.js');
  const child: ChildProcess = spawn(process.execPath, ['--import', '@bellwether/node/register', main], {
    cwd: root,
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      ADMIN_KEY: 'only-for-admins',
      FIGURES_EVERY_MS: '200',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      // Datadog's agent and Sentry are Bellwether's own doors for them.
      DATADOG_ENABLED: 'true',
      DATADOG_SERVICE_NAME: 'audit',
      DD_TRACE_AGENT_URL: `http://${instance.others.datadog}`,
      DD_DOGSTATSD_PORT: instance.others.statsd.split(':')[1] ?? '',
      SENTRY_ENABLED: 'true',
      SENTRY_DSN: `${instance.otlp.replace('://', '://public@')}/9`,
      APP_VERSION: '1.0.0',
      ENVIRONMENT: 'staging',
      HOSTNAME: 'audit-api',
      SLOW_REQUEST_THRESHOLD: '0.05',
      BELLWETHER_RESPONSE_HEADERS: 'x-response-time',
      BELLWETHER_SPOOL: 'off',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout?.on('data', chunk => (printed += String(chunk)));
  url = `http://127.0.0.1:${await until('the service listens', 60_000, () => /port (\d+)/.exec(printed)?.[1])}`;
  await send('POST', '/users', { id: 'u-1', plan: 'free_trial', source: 'partner' });
  await send('POST', '/users', { id: 'u-2', plan: 'team', source: 'organic' });
  await send('POST', '/subscriptions', { id: 'u-1', plan: 'pro', amountMinor: 2900, interval: 'month' });
  await send('POST', '/subscriptions', { id: 'u-2', plan: 'team', amountMinor: 120000, interval: 'year' });
  await send('POST', '/scans', { user: 'u-1', type: 'article', words: 0 });
  await send('POST', '/scans', { user: 'u-1', type: 'article', words: 800 });
  await send('POST', '/scans', { user: 'u-1', type: 'poem', words: 9 });
  await send('GET', '/slow');
  await send('GET', '/health');
  await send('GET', '/admin/metrics');
  await send('GET', '/admin/metrics', undefined, { authorization: 'Bearer only-for-admins' });
  // Its figures are worked out now and then, apart from requests.
  await until('the figures tell of all scans', 60_000, async () => {
    await instance.flush();
    return (await value('max(business_daily_scans_completed_today)')) === 2 || undefined;
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  await instance.flush();
});
afterAll(async () => {
  await instance.stop();
  for (const peer of peers) await peer.stop();
  removeDataDir(dataDir);
});

const vector = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

async function value(query: string): Promise<number | undefined> {
  const { result } = vector.parse(await instance.get(`/api/v1/query?query=${encodeURIComponent(query)}`)).data;
  return result[0] === undefined ? undefined : Number(result[0].value[1]);
}

const range = (): string => `from=${Date.now() - 600_000}&to=${Date.now() + 60_000}&limit=100`;

test('[C7][D10] the service answers, each answer says how long it took, and its admin view is for admins', () => {
  expect(answers.map(answer => answer.status)).toEqual([201, 201, 201, 201, 200, 200, 500, 200, 200, 401, 200]);
  expect(answers[0]?.responseTime).toMatch(/^\d/);
  expect(answers[8]?.body).toContain('healthy');
  expect(answers[10]?.body).toContain('1.0.0');
  expect(answers.map(answer => answer.body).join()).not.toContain('only-for-admins');
});

test.each([
  ['users in all', 'max(business_user_total_count)', 2],
  ['registered today', 'max(business_daily_users_new_registrations)', 2],
  ['active users', 'max(business_daily_users_total_active)', 2],
  ['active subscriptions', 'max(business_daily_subscriptions_total_active)', 2],
  ['monthly revenue, yearly plans by their month', 'max(business_revenue_mrr)', 12_900],
  ['scans today', 'max(business_daily_scans_completed_today)', 2],
  ['the average score, with the score that is 0', 'max(business_daily_scans_average_dcs_score)', 40],
  [
    'features used',
    'sum(business_feature_usage_total{feature="scan"}) or sum(business_feature_usage{feature="scan"})',
    2,
  ],
  ['credits used', 'sum(business_credits_total{entry="consumed"}) or sum(business_credits{entry="consumed"})', 4],
])('[L1][L4][L9][W21][W22][W26] over DogStatsD: %s', async (_what, query, expected) => {
  expect(await until('the metric is there', 60_000, () => value(query))).toBe(expected);
});

test("[B1][C1] over the agent's API: each request is a trace with its route, its queries and its functions", async () => {
  const { traces } = z
    .object({ traces: z.array(z.object({ rootName: z.string(), httpStatus: z.string() })) })
    .parse(await instance.get(`/api/bw/v1/traces?${range()}&q=${encodeURIComponent('service:audit kind:server')}`));
  const seen = traces.map(trace => `${trace.rootName} ${trace.httpStatus}`).toSorted();
  expect(seen).toEqual(
    expect.arrayContaining([
      'GET /slow 200',
      'POST /scans 200',
      'POST /scans 200',
      'POST /scans 500',
      'POST /users 201',
    ]),
  );
  const functions = z
    .object({ traces: z.array(z.unknown()) })
    .parse(await instance.get(`/api/bw/v1/traces?${range()}&q=${encodeURIComponent('service:audit name:audit.scan')}`));
  expect(functions.traces).toHaveLength(3);
});

test('[I1][I5][A8] over a Sentry envelope: the error that nobody caught, with user, release, environment and what came before', async () => {
  const { logs } = z
    .object({
      logs: z.array(
        z.object({ body: z.string(), attributes: z.array(z.object({ key: z.string(), value: z.unknown() })) }),
      ),
    })
    .parse(await instance.get(`/api/bw/v1/logs?${range()}&q=${encodeURIComponent('service:audit event:exception')}`));
  expect(logs.map(log => log.body)).toEqual(['no audit is called poem']);
  const of = (key: string): unknown => logs[0]?.attributes.find(each => each.key === key)?.value;
  expect([of('exception.type'), of('user.id'), of('http.route')]).toEqual(['UnknownAudit', 'u-1', '/scans']);
  expect(String(of('sentry.breadcrumbs'))).toContain('POST came in');
});
