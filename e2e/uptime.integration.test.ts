import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAnswer, type CheckAnswer } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, newDataDir, removeDataDir, startInstance, until } from './src/instance.ts';

let isBroken = false;
const shop = createServer((_, response) => void response.writeHead(isBroken ? 503 : 200).end('ok'));
const dataDir = newDataDir();
let instance: Instance;

beforeAll(async () => {
  await new Promise<void>(resolve => shop.listen(0, '127.0.0.1', resolve));
  const config = join(dataDir, 'bellwether.yaml');
  writeFileSync(config, 'uptime: { allowInternal: true }\n');
  instance = await startInstance(dataDir, ['--config', config]);
});
afterAll(async () => {
  await instance.stop();
  shop.close();
  removeDataDir(dataDir);
});

const send = async (method: 'PUT' | 'DELETE', path: string, body?: object): Promise<void> => {
  const answer = await fetch(`${instance.api}/api/bw/v1${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
};

const read = async (id: string): Promise<CheckAnswer> =>
  checkAnswer.parse(await instance.get(`/api/bw/v1/checks/${id}`));

/** Saves a check, which has it run at once, and waits until it did. */
async function run(id: string, settings: object = {}): Promise<CheckAnswer> {
  const before = await read(id).then(
    answer => answer.runs.length,
    () => 0, // not made yet
  );
  const { port } = shop.address() as AddressInfo; // listening on TCP
  const url = `http://127.0.0.1:${port}/`;
  await send('PUT', `/checks/${id}`, { kind: 'http', id, url, everySeconds: 3600, onStatusPage: true, ...settings });
  return until(`${id} runs`, 60_000, async () => {
    const answer = await read(id);
    return answer.runs.length > before ? answer : undefined;
  });
}

test('[K5] one failed run is no alarm: the check runs again soon, is down when that fails too, and up after one success', async () => {
  isBroken = false;
  expect((await run('front')).check).toMatchObject({ state: 'up', uptime30Days: 1 });
  isBroken = true;
  await run('front');
  // Its interval is an hour: what comes now is the retry.
  const down = await until('the retry fails', 60_000, async () => {
    const answer = await read('front');
    return answer.check.state === 'down' ? answer : undefined;
  });
  expect(down.runs.map(({ reason }) => reason)).toEqual(['status', 'status', null]);
  // The first failure began no incident, and does not count.
  expect(down.incidents).toMatchObject([{ fromMs: down.runs[0]?.startedMs, toMs: null, outages: 1 }]);
  expect(down.check.uptime30Days).toBe(0.5);
  isBroken = false;
  const up = await run('front');
  expect(up.check).toMatchObject({ state: 'up', uptime30Days: 1 - 1 / 3 });
  expect(up.incidents).toMatchObject([{ toMs: up.runs[0]?.startedMs, outages: 1 }]);
});

test('[K5] a check that goes down and up too often is flapping, and that is one incident', async () => {
  const shaky = { failuresBeforeDown: 1, changesBeforeFlapping: 2 };
  for (const broken of [false, true, false]) {
    isBroken = broken;
    expect((await run('shaky', shaky)).check.state).toBe(broken ? 'down' : 'up');
  }
  isBroken = true;
  const flapping = await run('shaky', shaky);
  expect(flapping.check.state).toBe('flapping');
  expect(flapping.incidents).toMatchObject([{ toMs: null, outages: 2 }]);
  isBroken = false;
  expect((await run('shaky', shaky)).incidents).toMatchObject([{ outages: 2 }]);
});

const dayMs = 86_400_000;
const date = (laterMs: number): string => new Date(Date.now() + laterMs).toISOString().slice(0, 10);

const statusPage = (text: string): Promise<true> =>
  until(`the status page tells: ${text}`, 60_000, async () => {
    const html = await (await fetch(`${instance.api}/status/shop`)).text();
    return html.includes(text) || undefined;
  });

test('[K5] [K7] what fails during maintenance is no outage: it counts apart, and the status page tells of it before and meanwhile', async () => {
  isBroken = false;
  await run('search', { failuresBeforeDown: 1, name: 'Search' });
  await send('PUT', '/status-page', { slug: 'shop', title: 'Shop' });
  const window = { kind: 'once', id: 'disks', name: 'New disks', from: '00:00', checks: ['search'] };
  await send('PUT', '/maintenance/disks', { ...window, date: date(2 * dayMs), minutes: 60 });
  expect((await read('search')).check).toMatchObject({ state: 'up', maintenance: { name: 'New disks' } });
  await statusPage('Maintenance planned');

  // From yesterday's midnight on, for three days: it is now, whatever the time.
  await send('PUT', '/maintenance/disks', { ...window, date: date(-dayMs), minutes: 4320 });
  isBroken = true;
  const during = await run('search', { failuresBeforeDown: 1, name: 'Search' });
  expect(during.check).toMatchObject({ state: 'maintenance', uptime30Days: 1 });
  expect(during.runs[0]).toMatchObject({ isUp: false, isInMaintenance: true, reason: 'status' });
  const days = during.check.days.flatMap(day => day ?? []);
  expect(days.reduce((sum, day) => sum + day.maintenance, 0)).toBe(1);
  expect(during.incidents).toEqual([]);
  await statusPage('Maintenance now');

  await send('DELETE', '/maintenance/disks');
  const after = await run('search', { failuresBeforeDown: 1, name: 'Search' });
  expect(after.check).toMatchObject({ state: 'down', maintenance: null });
  expect(after.incidents).toHaveLength(1);
  await statusPage('<strong>Search</strong> is down');
  // What was told stays, each update once, however often it is saved; a resolved one stands there alone.
  const told = { slug: 'shop', title: 'Shop', note: 'Search is slow.', stage: 'investigating' };
  await send('PUT', '/status-page', told);
  await send('PUT', '/status-page', told);
  await send('PUT', '/status-page', { ...told, note: 'It is well again.', stage: 'resolved' });
  await statusPage('It is well again.');
  const html = await (await fetch(`${instance.api}/status/shop`)).text();
  expect([html.split('Search is slow.').length - 1, html.split('It is well again.').length - 1]).toEqual([1, 1]);
  expect(html.indexOf('It is well again.')).toBeLessThan(html.indexOf('Search is slow.'));
});

test('[K5] a maintenance window that can not be is refused with what it must be', async () => {
  const window = { kind: 'weekly', id: 'w', name: 'Restart', day: 'sunday', from: '02:00', minutes: 30 };
  const refused = async (settings: object): Promise<string> =>
    send('PUT', '/maintenance/w', { ...window, ...settings }).then(
      () => 'taken',
      (error: unknown) => String(error),
    );
  expect(await refused({ timeZone: 'Europe/Atlantis' })).toContain('must be a time zone, as Europe/Berlin');
  expect(await refused({ checks: ['nobody'] })).toContain('There is no check nobody');
  expect(await refused({ id: 'other' })).toContain('they must be the same');
});
