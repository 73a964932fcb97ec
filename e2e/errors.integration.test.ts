import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorAnswer, errorsAnswer } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, cli, newDataDir, removeDataDir, root, startInstance, until } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;

beforeAll(async () => {
  instance = await startInstance(dataDir);
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
});

const addresses = {
  bellwether: () => ({ BELLWETHER_URL: instance.otlp }),
  sentry: () => ({ SENTRY_DSN: `${instance.otlp.replace('http://', 'http://key@')}/1` }),
  otlp: () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: instance.otlp }),
};

async function fail(how: keyof typeof addresses, which: 'plain' | 'hard' = 'plain'): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'e2e', 'src', 'failing-app.mjs'), how, which], {
    // Each knows of its own address only: our SDK would send to Sentry, too, if it were told where that is.
    env: { PATH: process.env['PATH'], ...addresses[how]() },
  });
}

const range = (): string => `from=${Date.now() - 900_000}&to=${Date.now() + 60_000}`;

const errors = async (): Promise<ReturnType<typeof errorsAnswer.parse>> =>
  errorsAnswer.parse(await (await fetch(`${instance.api}/api/bw/v1/errors?${range()}`)).json());

test('[I1] the same three failures, told by our SDK, by Sentry’s and by OpenTelemetry, are three errors of three events each', async () => {
  await Promise.all([fail('bellwether'), fail('sentry'), fail('otlp')]);
  const found = await until('nine events', 60_000, async () => {
    const answer = await errors();
    return answer.errors.reduce((sum, { events }) => sum + events, 0) >= 9 ? answer : undefined;
  });
  expect(found.errors.map(({ type, events }) => [type, events]).toSorted()).toEqual([
    ['PaymentDeclined', 3],
    ['SyntaxError', 3],
    ['TypeError', 3],
  ]);
  const declined = found.errors.find(({ type }) => type === 'PaymentDeclined');
  expect(declined?.culprit).toMatch(/^chargeCard \(.*failing-app\.mjs:\d+:\d+\)$/);

  const issue = errorAnswer.parse(
    await (await fetch(`${instance.api}/api/bw/v1/errors/${declined?.id ?? ''}?${range()}`)).json(),
  );
  expect(issue.events).toHaveLength(3);
  expect(issue.event.exceptions[0]?.frames[0]).toMatchObject({ called: 'chargeCard', isOwn: true });
  // Whoever tells of it, its frames can be read.
  for (const { id } of issue.events) {
    const answer = await fetch(`${instance.api}/api/bw/v1/errors/${issue.error.id}?${range()}&event=${id}`);
    const { event } = errorAnswer.parse(await answer.json());
    expect(event.exceptions[0]).toMatchObject({
      type: 'PaymentDeclined',
      message: expect.stringMatching(/card declined$/),
    });
    expect(event.exceptions[0]?.frames[0]?.place).toMatch(/failing-app\.mjs:\d+:\d+$/);
  }
});

test('[I1] a cause, several errors in one, a rejection after a pause, an error of a thread, a thrown text, and ids in messages: three ways to tell make one error of each', async () => {
  const before = new Set((await errors()).errors.map(({ id }) => id));
  await Promise.all([fail('bellwether', 'hard'), fail('sentry', 'hard'), fail('otlp', 'hard')]);
  const found = await until('fifteen events', 60_000, async () => {
    const { errors: all } = await errors();
    const rows = all.filter(({ id }) => !before.has(id));
    return rows.reduce((sum, { events }) => sum + events, 0) >= 15 ? rows : undefined;
  });
  expect(found.map(({ type, events, message }) => `${events} ${type || 'string'}: ${message}`).toSorted()).toEqual([
    '3 AggregateError: All promises were rejected',
    expect.stringMatching(/^3 LabelJam: label of \d+$/),
    expect.stringMatching(/^3 PaymentDeclined: order \d+: settled too late$/),
    expect.stringMatching(/^3 StockUnknown: no stock for \d+ /),
    expect.stringMatching(/^3 string: order \d+ is not valid$/),
  ]);
});

test('an id that is none, and an error that did not come, are told so', async () => {
  const bad = await fetch(`${instance.api}/api/bw/v1/errors/xyz?${range()}`);
  expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('16 hex digits')]);
  const none = await fetch(`${instance.api}/api/bw/v1/errors/00000000000000aa?${range()}`);
  expect([none.status, await none.text()]).toEqual([404, expect.stringContaining('Widen the range')]);
});

test('[I8] a pipeline tells of a release, its source maps and its deploy by command, as releases.md says', async () => {
  const build = mkdtempSync(join(tmpdir(), 'bellwether-build-'));
  mkdirSync(join(build, 'dist', 'node_modules'), { recursive: true });
  const map = { version: 3, sources: ['../src/pay.ts'], sourcesContent: ['throw 1;'], names: [], mappings: 'AAAA' };
  writeFileSync(join(build, 'dist', 'main.js.map'), JSON.stringify(map));
  writeFileSync(join(build, 'dist', 'node_modules', 'other.js.map'), 'nothing that is sent');
  const bellwether = async (line: string): Promise<string> => {
    const args = [cli, ...line.split(' '), '--server', instance.api];
    return (await promisify(execFile)(process.execPath, args, { cwd: build })).stdout;
  };
  expect(await bellwether('releases new --release v412 --url https://git.example/v412')).toBe(
    'Told of the release v412 with 0 commits.\n',
  );
  expect(await bellwether('sourcemaps upload --release v412 dist')).toBe(
    'main.js: 1 source\nSent 1 source map of v412.\n',
  );
  expect(await bellwether('releases deploy --release v412 --service checkout --environment production')).toBe(
    'Told that v412 goes out to checkout in production.\n',
  );
  expect(await instance.get('/api/bw/v1/releases')).toMatchObject({
    releases: [{ version: 'v412', url: 'https://git.example/v412', sourceMaps: 1 }],
  });
  expect(await instance.get(`/api/bw/v1/services/checkout/deploys?${range()}`)).toMatchObject({
    deploys: [{ version: 'v412', environment: 'production', source: 'told' }],
  });
  writeFileSync(join(build, 'dist', 'main.js.map'), '{}');
  await expect(bellwether('sourcemaps upload --release v412 dist')).rejects.toThrow(
    /answered 400: The source map of main\.js can not be used/,
  );
  rmSync(build, { recursive: true });
});
