import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  type ErrorAnswer,
  type ErrorRow,
  deploysAnswer,
  errorAnswer,
  errorEventAnswer,
  errorsAnswer,
  overviewAnswer,
  serviceDeploysAnswer,
  similarErrorsAnswer,
} from '@bellwether/model';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import { type ControlStore, openControlStore } from '../control/control-store.js';
import { keepSourceMap } from '../control/source-map-files.js';
import { decode } from '../decode/decode.js';
import type { Asker } from '../query/asker.js';
import { chooseSuspect } from '../query/errors/suspect-release.js';
import { watchErrors } from '../query/errors/watch-errors.js';
import { SourceMaps } from '../source-maps/source-maps.js';
import { scopeOf } from '../store/store.js';
import { BlockBuilder } from '../write/block-builder.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import { errorRoutes } from './error-routes.js';
import { releaseRoutes } from './release-routes.js';
import { serviceRoutes } from './service-routes.js';

let store: TestStore;
let asker: Asker;
let control: ControlStore;
let maps: SourceMaps;
let seq = 0;
const folder = mkdtempSync(join(tmpdir(), 'bellwether-releases-'));

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const range = { from: nowMs - 3_600_000, to: nowMs + 60_000 };

const keyValues = (from: Readonly<Record<string, string>>): readonly unknown[] =>
  Object.entries(from).map(([key, stringValue]) => ({ key, value: { stringValue } }));

async function keep(
  signal: 'traces' | 'logs',
  version: string,
  items: readonly object[],
  service = 'checkout',
): Promise<void> {
  const resource = { attributes: keyValues({ 'service.name': service, 'service.version': version }) };
  const request =
    signal === 'traces'
      ? { resourceSpans: [{ resource, scopeSpans: [{ spans: items }] }] }
      : { resourceLogs: [{ resource, scopeLogs: [{ logRecords: items }] }] };
  const builder = new BlockBuilder();
  const batch = decode(signal, 'json', Buffer.from(JSON.stringify(request)));
  builder.add(batch, { workspace: 'default', recordSeq: ++seq, receivedMs: nowMs });
  await store.load(builder.cut());
}

const at = (minutesAgo: number): string => `${nowMs - minutesAgo * 60_000}000000`;

/** Requests of 100 ms; those that fail take 300 ms. */
const requests = (minutesAgo: number, count: number, isFailed = false): readonly object[] =>
  Array.from({ length: count }, (_, i) => ({
    traceId: `${minutesAgo}${isFailed ? 'f' : 'a'}`.padStart(28, '0') + String(i).padStart(4, '0'),
    spanId: '1'.repeat(16),
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: at(minutesAgo),
    endTimeUnixNano: `${nowMs - minutesAgo * 60_000 + (isFailed ? 300 : 100)}000000`,
    ...(isFailed && { status: { code: 2 } }),
  }));

const logged = (minutesAgo: number, type: string, stack: string): object => ({
  timeUnixNano: at(minutesAgo),
  severityNumber: 17,
  body: { stringValue: 'failed' },
  attributes: keyValues({ 'exception.type': type, 'exception.message': 'no card', 'exception.stacktrace': stack }),
});

const chosen = (minutesAgo: number, type: string, stack: string): object => ({
  timeUnixNano: at(minutesAgo),
  severityNumber: 17,
  body: { stringValue: 'failed' },
  attributes: keyValues({
    'exception.type': type,
    'exception.message': 'no card',
    'exception.stacktrace': stack,
    'sentry.fingerprint': '["mine"]',
  }),
});

/** A map of one generated line; each mapping is column, source, line and column there. */
function sourceMapOf(
  sources: readonly string[],
  mappings: readonly (readonly [number, number, number, number])[],
): string {
  let last: readonly number[] = [0, 0, 0, 0];
  const text = mappings.map(mapping => {
    const fields = mapping.map((value, i) => vlq(value - (last[i] ?? 0))).join('');
    last = mapping;
    return fields;
  });
  return JSON.stringify({ version: 3, sources, names: [], mappings: text.join(',') });
}

function vlq(value: number): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let rest = value < 0 ? -value * 2 + 1 : value * 2;
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += digits[rest > 0 ? digit + 32 : digit] ?? '';
  } while (rest > 0);
  return text;
}

/** Asks a route as the server does, but for HTTP. */
async function ask(method: string, path: string, asked: object): Promise<unknown> {
  const routes = [...releaseRoutes(control, maps), ...errorRoutes(control, maps), ...serviceRoutes(control)];
  const route = routes.find(one => one.method === method && one.path === `/api/bw/v1${path}`);
  return route?.answerTo({ query: {}, params: {}, ...asked }, { asker, nowMs });
}

const errors = async (): Promise<readonly ErrorRow[]> =>
  errorsAnswer.parse(await ask('GET', '/errors', { query: range })).errors;

async function issueOf(type: string): Promise<ErrorAnswer> {
  const id = (await errors()).find(error => error.type === type)?.id ?? '';
  return errorAnswer.parse(await ask('GET', '/errors/:id', { params: { id }, query: range }));
}

beforeAll(async () => {
  store = await openTestStore();
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
  control = openControlStore(':memory:', fileURLToPath(new URL('../../control-migrations', import.meta.url)), '0.1.0');
  maps = new SourceMaps(control);
  await keep('traces', 'v1', [...requests(120, 10), ...requests(40, 90)]);
  await keep('traces', 'v2', [...requests(20, 15), ...requests(19, 5, true)]);
  const stack =
    'Declined: no card\n    at pay (/srv/app/dist/orders/pay.js:12:7)\n    at main (/srv/app/dist/main.js:3:1)';
  await keep(
    'logs',
    'v2',
    [19, 18, 17, 16, 15].map(minutesAgo => logged(minutesAgo, 'Declined', stack)),
  );
}, 60_000);
afterAll(async () => {
  await maps.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const commit = (sha: string, files: readonly string[]): object => ({
  sha: sha.repeat(8),
  author: 'ann',
  atMs: nowMs,
  message: `changes ${files.join()}`,
  files,
});

const version = (
  name: string,
  firstMs: number,
  requests: number,
  events: number,
): Parameters<typeof chooseSuspect>[0][number] => ({
  version: name,
  firstMs,
  requests,
  events,
  firstEventMs: firstMs,
});

const deploys = async (): Promise<(typeof serviceDeploysAnswer)['_output']['deploys']> =>
  serviceDeploysAnswer.parse(
    await ask('GET', '/services/:service/deploys', { params: { service: 'checkout' }, query: range }),
  ).deploys;

test('[I8] a version that is seen for the first time is a deploy, with its requests before and after; told of, it is one still', async () => {
  const seen = await deploys();
  expect(seen).toEqual([
    {
      version: 'v2',
      environment: '',
      atMs: nowMs - 20 * 60_000,
      source: 'seen',
      url: '',
      commits: 0,
      previous: 'v1',
      isRollback: false,
      before: { requests: 90, errorRatio: 0, p95Ms: expect.closeTo(100, -1) },
      after: { requests: 20, errorRatio: 0.25, p95Ms: expect.closeTo(300, -2) },
    },
  ]);
  const body = { version: 'v2', environment: 'production', atMs: nowMs - 21 * 60_000, url: 'https://ci.example/7' };
  await ask('POST', '/deploys', { body });
  // A job that is run again.
  await ask('POST', '/deploys', { body });
  await ask('POST', '/deploys', { body: { version: 'v7', service: 'other' } });
  expect((await deploys()).map(({ version, source, environment, url }) => [version, source, environment, url])).toEqual(
    [['v2', 'told', 'production', 'https://ci.example/7']],
  );
});

async function sent(version: string, minutesAgo: readonly number[]): Promise<void> {
  const items = minutesAgo.flatMap(ago => requests(ago, 10));
  await keep('traces', version, items, 'web');
}

test('[I8] the deploys of all services are listed as they happened, one that was taken back too, and on the page of the service; told of, each is one still', async () => {
  const all = async (): Promise<readonly string[]> =>
    deploysAnswer
      .parse(await ask('GET', '/deploys', { query: { from: nowMs - 6 * 3_600_000, to: nowMs + 60_000 } }))
      .deploys.filter(({ service }) => service === 'web')
      .map(
        ({ version, previous, atMs, source, isRollback }) =>
          `${(nowMs - atMs) / 60_000} ${source} ${isRollback ? 'back to ' : ''}${version} after ${previous}`,
      );
  await sent('1.0', [300, 200, 190]);
  await sent('1.1', [180, 170, 160]);
  await sent('1.0', [150, 100, 50]);
  expect(await all()).toEqual(['150 seen back to 1.0 after 1.1', '180 seen 1.1 after 1.0']);
  const web = { params: { service: 'web' }, query: { from: nowMs - 4 * 3_600_000, to: nowMs + 60_000 } };
  const { deploys, version: running } = overviewAnswer.parse(await ask('GET', '/services/:service/overview', web));
  expect(deploys.filter(({ version }) => version !== 'v2')).toEqual([
    { version: '1.1', at: nowMs - 180 * 60_000, isRollback: false },
    { version: '1.0', at: nowMs - 150 * 60_000, isRollback: true },
  ]);
  expect(running).toBe('1.0');
  // The pipeline tells of both; the rollback is the nearest sight of its version.
  await ask('POST', '/deploys', { body: { version: '1.1', service: 'web', atMs: nowMs - 181 * 60_000 } });
  await ask('POST', '/deploys', { body: { version: '1.0', service: 'web', atMs: nowMs - 151 * 60_000 } });
  expect(await all()).toEqual(['151 told back to 1.0 after 1.1', '181 told 1.1 after 1.0']);
});

test('[I8] an error names the release that brought it, and the commits that changed the files of its stack', async () => {
  expect((await issueOf('Declined')).suspect).toMatchObject({ version: 'v2', commits: [], url: '' });
  await ask('POST', '/releases', {
    body: {
      version: 'v2',
      url: 'https://git.example/v2',
      commits: [commit('a', ['README.md']), commit('b', ['src/main.ts']), commit('c', ['src/orders/pay.ts', 'x.md'])],
    },
  });
  const { suspect } = await issueOf('Declined');
  expect(suspect).toMatchObject({
    version: 'v2',
    url: 'https://git.example/v2',
    events: 5,
    requests: 20,
    earlierVersions: 1,
    earlierRequests: 100,
  });
  // The top of the stack first.
  expect(suspect?.commits.map(({ sha, file }) => [sha.slice(0, 1), file])).toEqual([['c', 'src/orders/pay.ts']]);
});

test('no release is suspected without enough requests before it, nor when an earlier one had the error', () => {
  expect(chooseSuspect([version('v2', 2, 100, 10), version('v1', 1, 50, 0)])?.version).toBe('v2');
  expect(chooseSuspect([version('v1', 1, 49, 0), version('v2', 2, 100, 10)])).toBeUndefined();
  expect(chooseSuspect([version('v1', 1, 500, 1), version('v2', 2, 100, 10)])).toBeUndefined();
  expect(chooseSuspect([version('v1', 1, 500, 0), version('v2', 2, 100, 0)])).toBeUndefined();
  expect(chooseSuspect([])).toBeUndefined();
});

test('[I1] the stack of a minified bundle is shown as it was written once its map is there, in the list too, and names what it is called where maps were applied before', async () => {
  mkdirSync(join(folder, 'src'));
  writeFileSync(
    join(folder, 'src', 'charge.ts'),
    `export class CardDeclined extends Error {
  override readonly name = 'CardDeclined';
}

export function chargeTheCard(cents: number): never {
  if (cents > 5) throw new CardDeclined('no card');
  throw new RangeError(String(cents));
}
`,
  );
  writeFileSync(
    join(folder, 'src', 'main.ts'),
    `import { chargeTheCard } from './charge.js';
function placeTheOrder(orders: readonly number[]): void {
  for (const cents of orders) chargeTheCard(cents + orders.length);
}
try {
  placeTheOrder(process.argv.slice(2).map(Number));
  placeTheOrder([9]);
} catch (error) {
  console.log(error instanceof Error ? error.stack : '');
}
`,
  );
  const bundle = await rolldown({
    input: join(folder, 'src', 'main.ts'),
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts'] } },
  });
  const out = join(folder, 'dist');
  await bundle.write({ dir: out, entryFileNames: 'main.mjs', minify: true, sourcemap: true });
  const { stdout } = await promisify(execFile)(process.execPath, [join(out, 'main.mjs'), '6']);
  expect(stdout).not.toContain('charge.ts');
  await keep('logs', 'v3', [logged(5, 'CardDeclined', stdout)]);
  // The same from a process that mapped its stack itself.
  const mapped =
    'CardDeclined: no card\n    at chargeTheCard (/srv/shop/src/charge.ts:6:24)\n    at placeTheOrder (/srv/shop/src/main.ts:3:31)\n    at /srv/shop/src/main.ts:6:3';
  await keep('logs', 'v3', [logged(4, 'CardDeclined', mapped)]);

  const before = await errors();
  expect(before.filter(({ type }) => type === 'CardDeclined')).toHaveLength(2);
  const minified = before.find(({ culprit }) => culprit.includes('main.mjs'));
  const map = readFileSync(join(out, 'main.mjs.map'), 'utf8');
  const params = { version: 'v3' };
  await expect(
    ask('POST', '/releases/:version/source-maps', { params, body: { file: 'main.mjs', map: '{}' } }),
  ).rejects.toThrow(/The source map of main.mjs can not be used: it is no source map of version 3/);
  await ask('POST', '/releases/:version/source-maps', { params, body: { file: 'main.mjs', map } });

  const after = await errors();
  expect(after.find(({ id }) => id === minified?.id)?.culprit).toMatch(/src\/charge\.ts:\d+:\d+\)$/);
  const found = await ask('GET', '/errors/:id', { params: { id: minified?.id }, query: range });
  const { event } = errorAnswer.parse(found);
  // The page paints the stack before it has the rest: they are the same.
  const first = await ask('GET', '/errors/:id/event', { params: { id: minified?.id }, query: range });
  expect(found).toMatchObject(errorEventAnswer.parse(first));
  const [top, caller] = event.exceptions[0]?.frames ?? [];
  expect(top).toMatchObject({
    place: expect.stringMatching(/charge\.ts:6:\d+$/),
    generated: expect.stringMatching(/main\.mjs:\d+:\d+$/),
  });
  expect(top?.source.find(({ isHere }) => isHere)?.text).toContain("throw new CardDeclined('no card')");
  expect(caller).toMatchObject({ place: expect.stringMatching(/main\.ts:3:\d+$/) });
  expect([top?.called, caller?.called]).toEqual(['chargeTheCard', 'placeTheOrder']);

  const { similar } = similarErrorsAnswer.parse(
    await ask('GET', '/errors/:id/similar', { params: { id: minified?.id }, query: range }),
  );
  expect(similar[0]).toMatchObject({ type: 'CardDeclined', isSameBySourceMap: true });
  expect(similar.some(({ type }) => type === 'Declined')).toBe(false);

  // Both become one, under the id of what was mapped before, and what was said of the minified one is said of it.
  await ask('POST', '/errors/acts', { body: { ids: [minified?.id], act: { kind: 'assign', owner: 'ann' } } });
  const watched = watchErrors({ store: store.engine, control, maps, now: () => nowMs, log: silent });
  await watched.look();
  const joined = (await errors()).filter(({ type }) => type === 'CardDeclined');
  expect(joined).toMatchObject([{ events: 2, owner: 'ann' }]);
  expect(joined[0]?.id).not.toBe(minified?.id);
  const whole = await ask('GET', '/errors/:id', { params: { id: minified?.id }, query: range });
  const { parts, activity } = errorAnswer.parse(whole);
  expect(parts).toEqual([minified?.id]);
  expect(activity[0]).toMatchObject({ who: 'Bellwether', act: 'merged', text: expect.stringContaining('maps of v3') });
  // Where the map is there already, as pipelines do it, what comes later is found too.
  await keep('logs', 'v3', [logged(2, 'CardDeclined', stdout)]);
  expect((await errors()).find(({ type }) => type === 'CardDeclined')).toMatchObject({ events: 3 });
  // Whoever takes it out has it out for good.
  await ask('POST', '/errors/acts', { body: { ids: [minified?.id], act: { kind: 'take-out' } } });
  await watched.look();
  expect((await errors()).filter(({ type }) => type === 'CardDeclined')).toHaveLength(2);
  await watched.stop();
});

const bundled = (column: number, name: string): string =>
  `Lost: gone\n    at ${name} (/srv/app/dist/wide.js:1:${column})\n    at process.tick (node:internal/process/task_queues:105:5)`;

const written = (file: 'a' | 'b'): string =>
  `Lost: gone\n    at ${file === 'a' ? 'xa' : 'yb'} (/srv/app/src/${file}.ts:1:5)\n    at process.tick (node:internal/process/task_queues:105:5)`;

const lost = async (): Promise<readonly number[]> =>
  (await errors())
    .filter(({ type }) => type === 'Lost')
    .map(({ events }) => events)
    .toSorted();

test('[I1] errors of bundles are told apart by their maps: same message, other places; one of them is the same as one that was mapped before', async () => {
  const map = sourceMapOf(
    ['../src/a.ts', '../src/b.ts'],
    [
      [4000, 0, 0, 4],
      [6000, 1, 0, 4],
    ],
  );
  await ask('POST', '/releases/:version/source-maps', {
    params: { version: 'v4' },
    body: { file: 'dist/wide.js', map },
  });
  await keep('logs', 'v4', [
    logged(9, 'Lost', bundled(4001, 'xa')),
    logged(8, 'Lost', bundled(6001, 'yb')),
    logged(7, 'Lost', written('a')),
    // It chose a fingerprint of its own, which stands above what its stack is.
    chosen(6, 'Lost', bundled(4001, 'xa')),
  ]);
  expect(await lost()).toEqual([1, 1, 2]);
  const watched = watchErrors({ store: store.engine, control, maps, now: () => nowMs, log: silent });
  await watched.look();
  await watched.stop();
  const found = errorsAnswer.parse(await ask('GET', '/errors', { query: { ...range, q: 'lost' } })).errors;
  expect(found.map(({ culprit, events }) => [culprit.replace(/^.*src/, 'src'), events]).toSorted()).toEqual([
    ['src/a.ts:1:5)', 1],
    ['src/a.ts:1:5)', 2],
    ['src/b.ts:1:5)', 1],
  ]);
});

const built = (type: string, ...places: readonly string[]): object =>
  logged(5, type, [`${type}: gone`, ...places.map(place => `at x (/srv/app/dist/${place})`)].join('\n    '));

test('[I1] an event says of which file the map is missing or wrong, and why; a file that was written as it runs is no such file', async () => {
  const entry = { version: 'v4', file: 'bad.js', debugId: '', uploadedMs: nowMs };
  keepSourceMap(control, 'default', entry, gzipSync('{"version":3}'));
  await keep('logs', 'v4', [built('WrongMaps', 'other.js:1:9000', 'wide.js:1:100', 'bad.js:1:2')]);
  await keep('logs', 'v9', [built('NoMaps', 'main.js:1:40123', 'written.js:120:7')]);
  await keep('logs', '', [built('NoVersion', 'main.js:1:40123')], 'nameless');
  const told: string[] = [];
  for (const type of ['WrongMaps', 'NoMaps', 'NoVersion'])
    told.push(...(await issueOf(type)).event.unmapped.map(({ file, why }) => `${file}: ${why}`));
  expect(told).toEqual([
    '/srv/app/dist/other.js: release v4 has source maps of bad.js, dist/wide.js, and none of this file',
    '/srv/app/dist/wide.js: its source map says nothing of 1:100: it is of another build',
    expect.stringMatching(
      /^\/srv\/app\/dist\/bad\.js: its source map could not be read: it is no source map of version 3/,
    ),
    '/srv/app/dist/main.js: release v9 has no source maps',
    '/srv/app/dist/main.js: it has no version (`service.version`), by which source maps are found',
  ]);
});

test('[I8] releases are listed with what is known of them', async () => {
  expect(await ask('GET', '/releases', {})).toEqual({
    releases: [
      { version: 'v2', createdMs: nowMs, url: 'https://git.example/v2', commits: 3, sourceMaps: 0 },
      { version: 'v3', createdMs: nowMs, url: '', commits: 0, sourceMaps: 1 },
      { version: 'v4', createdMs: nowMs, url: '', commits: 0, sourceMaps: 2 },
    ],
  });
});
