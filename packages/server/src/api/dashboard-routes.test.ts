import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverSideLink } from './receiver-link.test.support.js';
import { emptyStore } from './sample-store.test.support.js';
import { buildApi } from './start-api.js';

let app: FastifyInstance;
let close: () => Promise<void>;
let root: string;
let folder: string;

/** A dashboard as a team would have written it by hand, of the kind that refers to its datasource by name. */
const orders = {
  annotations: { list: [] },
  editable: true,
  panels: [
    {
      datasource: 'Prometheus',
      fieldConfig: { defaults: {}, overrides: [] },
      gridPos: { h: 8, w: 12, x: 0, y: 0 },
      id: 1,
      options: {},
      title: 'Orders Created',
      type: 'timeseries',
      targets: [
        { expr: 'sum(increase(orders_created_total[24h])) by (channel)', legendFormat: '{{channel}}', refId: 'A' },
      ],
    },
  ],
  refresh: '10s',
  schemaVersion: 30,
  title: 'Order Monitoring',
  uid: 'orders-dashboard',
  version: 1,
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bellwether-dashboards-'));
  folder = join(root, 'grafana_dashboards');
  await mkdir(join(folder, 'team'), { recursive: true });
  await writeFile(
    join(folder, 'team', 'Queue depth.json'),
    JSON.stringify({ title: 'Queue depth', panels: [{ type: 'text' }] }),
  );
  await writeFile(join(folder, 'broken.json'), '{"title": "cut o');
  await writeFile(join(folder, 'rules.json'), JSON.stringify({ groups: [{ name: 'a', rules: [] }] }));
  const { store, close: closeStore } = await emptyStore();
  app = await buildApi({
    store,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    startedAtMs: 1000,
    demo: false,
    uiDir: undefined,
    dataDir: join(root, 'data'),
    dashboardsFolder: folder,
    log: Fastify({ logger: { level: 'error' } }).log,
  });
  close = async () => {
    await app.close();
    await closeStore();
    await rm(root, { recursive: true });
  };
});
afterAll(() => close());

async function ask(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await app.inject({
    method,
    url: `/api/bw/v1/dashboards${path}`,
    headers: { host: 'localhost', ...headers },
    ...(body !== undefined && {
      payload: JSON.stringify(body),
      headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
    }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

test('[R7] [W48] the order dashboard imports and comes back untouched, though it names its datasource "Prometheus"', async () => {
  expect(await ask('POST', '/import', { dashboard: orders })).toEqual({
    status: 200,
    body: { uid: 'orders-dashboard', version: 1 },
  });
  const { status, body } = await ask('GET', '/orders-dashboard');
  expect(status).toBe(200);
  expect(body.dashboard).toEqual(orders);
  expect(body.meta).toEqual({ uid: 'orders-dashboard', origin: 'own', version: 1, canSave: true });
});

test('a second import of the same uid says so, and replaces only when asked to', async () => {
  const again = await ask('POST', '/import', { dashboard: { ...orders, title: 'Orders, renamed' } });
  expect(again.status).toBe(409);
  expect(again.body.error.message).toBe(
    'There is a dashboard with the uid "orders-dashboard" already: "Order Monitoring". Import with "replace": true to put this one in its place.',
  );
  const replaced = await ask('POST', '/import', {
    dashboard: { dashboard: orders, meta: { slug: 'orders' } },
    replace: true,
  });
  expect(replaced.status).toBe(200);
});

test('saving counts the version up; who saves over what somebody else saved is told what to do', async () => {
  const first = await ask('PUT', '/orders-dashboard', { dashboard: { ...orders, title: 'Orders' }, version: 1 });
  expect(first).toEqual({ status: 200, body: { uid: 'orders-dashboard', version: 2 } });
  const late = await ask('PUT', '/orders-dashboard', { dashboard: orders, version: 1 });
  expect(late.status).toBe(409);
  expect(late.body.error.message).toBe(
    '"Orders" was saved by somebody else in the meantime (version 2): read it again and make your change anew, or save yours under another uid.',
  );
});

test('[R8] dashboards of the folder are listed with those that can not be read, seen when they change, and read-only', async () => {
  const { body } = await ask('GET', '');
  const listed = body.dashboards.filter(({ origin }: { origin: string }) => origin !== 'built-in');
  expect(listed.map(({ uid, origin, file }: Record<string, unknown>) => [uid, origin, file])).toEqual([
    ['orders-dashboard', 'own', null],
    ['team-queue-depth', 'folder', 'team/Queue depth.json'],
  ]);
  expect(body.problems).toEqual([
    { file: 'broken.json', message: expect.stringContaining('It is not JSON') },
    { file: 'rules.json', message: 'It is a file of alert or recording rules, not a dashboard.' },
  ]);
  await writeFile(join(folder, 'late.json'), JSON.stringify({ uid: 'late', title: 'Late', panels: [] }));
  expect((await ask('GET', '/late')).body.meta).toEqual({ uid: 'late', origin: 'folder', version: 0, canSave: false });
  const save = await ask('PUT', '/late', { dashboard: { panels: [] }, version: 0 });
  expect([save.status, save.body.error.message]).toEqual([
    409,
    '"late" lies in the folder of the configuration: change the file there, or save it under another uid.',
  ]);
});

test('each workspace has its own', async () => {
  const acme = { 'x-scope-orgid': 'acme' };
  expect((await ask('GET', '/orders-dashboard', undefined, acme)).status).toBe(404);
  await ask('POST', '/import', { dashboard: { uid: 'only-acme', title: 'Acme', panels: [] } }, acme);
  expect((await ask('GET', '/only-acme')).status).toBe(404);
  expect((await ask('GET', '/only-acme', undefined, acme)).status).toBe(200);
});

test('one that was saved can be removed, once', async () => {
  await ask('POST', '/import', { dashboard: { uid: 'short-lived', title: 'x', panels: [] } });
  expect((await ask('DELETE', '/short-lived')).status).toBe(200);
  expect((await ask('DELETE', '/short-lived')).status).toBe(404);
  expect((await ask('DELETE', '/late')).status).toBe(409);
});

async function send(payload: string): Promise<readonly [number, string]> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/bw/v1/dashboards/import',
    headers: { host: 'localhost', 'content-type': 'application/json' },
    payload,
  });
  return [answer.statusCode, answer.json().error.message];
}

test('hostile JSON is refused with a sentence, and nothing is written outside the folder', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  expect(await send(`{"dashboard": {"panels": [], "x": ${deep}}}`)).toEqual([
    400,
    'It is nested deeper than 60 levels, which no dashboard is.',
  ]);
  expect((await send('{"dashboard": {"panels": [], "__proto__": {"polluted": 1}}}'))[0]).toBe(400);
  expect((await send(`{"dashboard": {"panels": [], "x": "${'a'.repeat(6_000_000)}"}}`))[0]).toBe(413);
  expect((await send('{"dashboard": [1]}'))[1]).toContain('It is a list');
  const { body } = await ask('POST', '/import', { dashboard: { uid: '../../../etc/x', title: 'x', panels: [] } });
  expect(body.uid).toMatch(/^[A-Za-z0-9_-]{13}$/);
  expect((await ask('PUT', `/${encodeURIComponent('../x')}`, { dashboard: { panels: [] }, version: 0 })).status).toBe(
    400,
  );
  expect((await stat(join(root, 'data', 'dashboards', 'default', `${body.uid}.json`))).mode & 0o777).toBe(0o600);
});
