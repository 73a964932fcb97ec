import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDefinition, type CheckDefinition, maintenanceWindow } from '@bellwether/model';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { daysOf, outagesOf, runsOf } from '../control/checks.js';
import { type ControlStore, openControlStore } from '../control/control-store.js';
import { Checks, type OwnedCheck } from './checks.js';
import type { ToldRun } from './run-telemetry.js';

const migrations = fileURLToPath(new URL('../../control-migrations', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bellwether-checks-'));
const path = join(folder, 'control.db');
let control: ControlStore;
let running = 0;
let most = 0;
const answers: (() => void)[] = [];
/** Answers when the test says so. */
const slow = createServer((_, response) => {
  running += 1;
  most = Math.max(most, running);
  answers.push(() => {
    running -= 1;
    response.end('ok');
  });
});

beforeAll(async () => {
  control = openControlStore(path, migrations, '0.1.0');
  await new Promise<void>(resolve => slow.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  slow.close();
  control.close();
  rmSync(folder, { recursive: true });
});

const told: ToldRun[] = [];
let nowMs = Date.now();
const start = (fromFile: readonly CheckDefinition[] = [], maxRunning = 2): Checks =>
  new Checks({
    control,
    fromFile: fromFile.map(check => ({ workspace: 'default', check })),
    maxRunning,
    reach: { allowInternal: true, resolve: async () => ['127.0.0.1'] },
    report: run => void told.push(run),
    now: () => nowMs,
    log: { warn: () => undefined },
  });

test('[K5] so many checks run at a time and no more, none twice at once, and what they found outlives a restart', async () => {
  const { port } = slow.address() as AddressInfo; // listening on TCP
  const checks = start();
  for (const id of ['a', 'b', 'c'])
    checks.keep(
      'default',
      checkDefinition.parse({ kind: 'http', id, url: `http://shop.test:${port}/`, everySeconds: 5 }),
    );
  await vi.waitFor(() => expect(answers).toHaveLength(2), 10_000);
  // Their time comes again while they run.
  nowMs += 60_000;
  for (const finished of [1, 2, 3]) {
    await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0), 10_000);
    answers.shift()?.();
    await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(finished), 10_000);
  }
  expect(most).toBe(2);
  const stopped = checks.stop();
  for (const answer of answers) answer();
  await stopped;
  expect(told.slice(0, 3).map(({ run }) => run.isUp)).toEqual([true, true, true]);

  const again = start();
  await again.stop();
  expect(again.of('default').map(({ check }) => check.id)).toEqual(['a', 'b', 'c']);
  expect(again.of('other')).toEqual([]);
  const first = again.get('default', 'a');
  expect(first === undefined ? undefined : again.status(first).state).toBe('up');
  again.remove('default', 'a');
  expect([again.get('default', 'a'), runsOf(control, 'default', 'a', 10)]).toEqual([undefined, []]);
});

test('[K5] a heartbeat is up when it is called, down when the call is late, and only its own address counts', async () => {
  const checks = start([checkDefinition.parse({ kind: 'heartbeat', id: 'job', everySeconds: 60, graceSeconds: 5 })]);
  const owned = checks.get('default', 'job');
  if (owned === undefined) throw new Error('the check of the file is not there');
  const { token } = checks.status(owned);
  expect(token).toMatch(/^[\w-]{24}$/);
  expect([checks.beat('nobody'), checks.status(owned).state]).toEqual([false, 'pending']);
  expect([checks.beat(token), checks.status(owned).state]).toEqual([true, 'up']);
  nowMs += 66_000;
  await vi.waitFor(() => expect(checks.status(owned).state).toBe('down'), 10_000);
  expect(runsOf(control, 'default', 'job', 1)).toMatchObject([
    { isUp: false, reason: 'late', message: 'the job is 6 s late' },
  ]);
  expect(checks.beat(token)).toBe(true);
  expect(checks.status(owned).state).toBe('up');
  const days = [...daysOf(control, 'default', 'job', '2000-01-01').values()];
  expect(days.reduce((sum, day) => sum + day.runs, 0)).toBe(3);
  await checks.stop();
});

test('[K5] a paused check does not run and keeps what it found; a job is not late for the time it was paused; the sample shop’s are paused without it', async () => {
  const checks = start();
  const { port } = slow.address() as AddressInfo; // listening on TCP
  const front = { kind: 'http', id: 'front', url: `http://shop.test:${port}/`, everySeconds: 5 } as const;
  const job = { kind: 'heartbeat', id: 'job', everySeconds: 10, graceSeconds: 0 } as const;
  checks.keep('paused', checkDefinition.parse({ ...front, isPaused: true }));
  checks.keep('paused', checkDefinition.parse({ ...front, id: 'sample', isOfSampleShop: true }));
  checks.keep('paused', checkDefinition.parse(job));
  const own = (id: string): OwnedCheck => {
    const owned = checks.get('paused', id);
    if (owned === undefined) throw new Error(`no check ${id}`);
    return owned;
  };
  expect(['front', 'sample', 'job'].map(id => checks.pausedBy(own(id).check))).toEqual([
    'person',
    'no-sample-shop',
    undefined,
  ]);
  expect(checks.beat(checks.status(own('job')).token)).toBe(true);
  checks.keep('paused', checkDefinition.parse({ ...job, isPaused: true }));
  nowMs += 60_000;
  checks.keep('paused', checkDefinition.parse({ ...front, id: 'after' }));
  await vi.waitFor(() => {
    for (const answer of answers.splice(0)) answer();
    expect(checks.status(own('after')).state).toBe('up');
  }, 10_000);
  expect(runsOf(control, 'paused', 'front', 9)).toEqual([]);
  expect(runsOf(control, 'paused', 'sample', 9)).toEqual([]);
  expect(checks.status(own('job')).state).toBe('up');

  checks.keep('paused', checkDefinition.parse(job));
  const looked = told.length;
  await vi.waitFor(() => expect(told.slice(looked).some(({ check }) => check.id === 'job')).toBe(true), 10_000);
  expect(checks.status(own('job')).state).toBe('up');
  nowMs += 11_000;
  await vi.waitFor(() => expect(checks.status(own('job')).state).toBe('down'), 10_000);
  for (const id of ['front', 'sample', 'job', 'after']) checks.remove('paused', id);
  const stopped = checks.stop();
  for (const answer of answers.splice(0)) answer();
  await stopped;
});

test('[K5] a workspace whose checks never end leaves room for the checks of others, whatever runs next', async () => {
  // Of its own: what the checks before have sent may still be on its way to the other.
  const waiting: (() => void)[] = [];
  const own = createServer((_, response) => waiting.push(() => response.end('ok')));
  await new Promise<void>(resolve => own.listen(0, '127.0.0.1', resolve));
  const { port } = own.address() as AddressInfo; // listening on TCP
  told.length = 0;
  const checks = start();
  for (const { check } of checks.of('default')) checks.remove('default', check.id);
  const keep = (workspace: string, id: string): void =>
    checks.keep(
      workspace,
      checkDefinition.parse({ kind: 'http', id, url: `http://shop.test:${port}/`, everySeconds: 5 }),
    );
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) keep('flood', id);
  await vi.waitFor(() => expect(waiting).toHaveLength(2), 10_000);
  keep('small', 'mine');
  waiting.shift()?.();
  await vi.waitFor(() => expect(waiting).toHaveLength(2), 10_000);
  for (const answer of waiting.splice(0)) answer();
  await vi.waitFor(() => expect(told.length).toBeGreaterThanOrEqual(3), 10_000);
  expect(told.slice(0, 3).map(({ workspace }) => workspace)).toContain('small');
  const stopped = checks.stop();
  for (const answer of waiting) answer();
  await stopped;
  own.close();
});

test('[K5] a failed run is followed by the next one within ten seconds, what a retry mends does not count, and outages are kept', async () => {
  let isBroken = false;
  const flaky = createServer((_, response) => void response.writeHead(isBroken ? 503 : 200).end('ok'));
  await new Promise<void>(resolve => flaky.listen(0, '127.0.0.1', resolve));
  const { port } = flaky.address() as AddressInfo; // listening on TCP
  const checks = start();
  checks.keep(
    'retries',
    checkDefinition.parse({ kind: 'http', id: 'front', url: `http://shop.test:${port}/`, everySeconds: 3600 }),
  );
  const results = (): string =>
    runsOf(control, 'retries', 'front', 9)
      .map(({ isUp }) => (isUp ? '+' : '-'))
      .toReversed()
      .join('');
  const outages = (): readonly object[] => outagesOf(control, 'retries', 'front', 0);
  const days = (): readonly object[] => [...daysOf(control, 'retries', 'front', '2000-01-01').values()];
  const beginMs = nowMs;
  await vi.waitFor(() => expect(results()).toBe('+'), 10_000);
  isBroken = true;
  nowMs += 4_000_000;
  await vi.waitFor(() => expect(results()).toBe('+-'), 10_000);
  expect([outages(), days()]).toMatchObject([[], [{ runs: 1, failed: 0 }]]);
  isBroken = false;
  nowMs += 10_000;
  await vi.waitFor(() => expect(results()).toBe('+-+'), 10_000);
  isBroken = true;
  nowMs += 4_000_000;
  await vi.waitFor(() => expect(results()).toBe('+-+-'), 10_000);
  nowMs += 10_000;
  await vi.waitFor(() => expect(results()).toBe('+-+--'), 10_000);
  expect(outages()).toEqual([{ fromMs: beginMs + 8_020_000, toMs: undefined }]);
  isBroken = false;
  nowMs += 4_000_000;
  await vi.waitFor(() => expect(results()).toBe('+-+--+'), 10_000);
  expect(outages()).toEqual([{ fromMs: beginMs + 8_020_000, toMs: beginMs + 12_020_000 }]);
  const counted = [...daysOf(control, 'retries', 'front', '2000-01-01').values()];
  expect(counted.reduce((sum, { runs }) => sum + runs, 0)).toBe(4);
  expect(counted.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  await checks.stop();
  flaky.close();
});

test('[K5] what fails during maintenance changes nothing and counts apart; what was down is judged anew after it', async () => {
  let isBroken = false;
  const upgraded = createServer((_, response) => void response.writeHead(isBroken ? 503 : 200).end('ok'));
  await new Promise<void>(resolve => upgraded.listen(0, '127.0.0.1', resolve));
  const { port } = upgraded.address() as AddressInfo; // listening on TCP
  const checks = start();
  const dayMs = 86_400_000;
  // A day begins, so that nothing depends on the time of it.
  nowMs = (Math.floor(nowMs / dayMs) + 2) * dayMs;
  const check = { kind: 'http', id: 'front', url: `http://shop.test:${port}/`, everySeconds: 3600 } as const;
  checks.keep('upgraded', checkDefinition.parse({ ...check, failuresBeforeDown: 1 }));
  const job = checkDefinition.parse({ kind: 'heartbeat', id: 'job', everySeconds: 7000, graceSeconds: 200 });
  checks.keep('upgraded', job);
  const own = (id: string): OwnedCheck => {
    const owned = checks.get('upgraded', id);
    if (owned === undefined) throw new Error(`no check ${id}`);
    return owned;
  };
  const run = async (broken: boolean, laterMs: number): Promise<string> => {
    isBroken = broken;
    nowMs += laterMs;
    const before = runsOf(control, 'upgraded', 'front', 99).length;
    await vi.waitFor(() => expect(runsOf(control, 'upgraded', 'front', 99)).toHaveLength(before + 1), 10_000);
    return checks.status(own('front')).state;
  };
  expect([await run(false, 0), checks.beat(checks.status(own('job')).token)]).toEqual(['up', true]);
  const date = new Date(nowMs).toISOString().slice(0, 10);
  const window = { kind: 'once', id: 'disks', name: 'New disks', date, from: '02:00', minutes: 180 };
  checks.maintenance.keep('upgraded', maintenanceWindow.parse(window));
  // A little more than its interval, which is never quite the same.
  const nextMs = 70 * 60_000;
  expect(await run(true, nextMs)).toBe('down');
  expect(await run(true, nextMs)).toBe('pending');
  expect(await run(true, nextMs)).toBe('pending');
  expect(outagesOf(control, 'upgraded', 'front', 0)).toMatchObject([{ toMs: nowMs - nextMs }]);
  expect(await run(true, 2 * nextMs)).toBe('down');
  expect(daysOf(control, 'upgraded', 'front', date).get(date)).toMatchObject({ runs: 3, failed: 2, maintenance: 2 });
  expect(runsOf(control, 'upgraded', 'front', 9).map(each => each.isInMaintenance)).toEqual([
    false,
    true,
    true,
    false,
    false,
  ]);
  // The call of the job fell due at two, and its time runs anew from five.
  expect(checks.status(own('job')).state).toBe('up');
  nowMs += 3 * nextMs;
  await vi.waitFor(() => expect(checks.status(own('job')).state).toBe('down'), 10_000);
  for (const id of ['front', 'job']) checks.remove('upgraded', id);
  await checks.stop();
  upgraded.close();
});
