import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from '../test-support/child-app.js';
import type { SeenLog } from '../test-support/otlp.js';
import { type Sink, startSink } from '../test-support/sink.js';

let sink: Sink;
const apps: ChildApp[] = [];
const folder = mkdtempSync(join(tmpdir(), 'bellwether-errors-'));

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop('SIGKILL');
  await sink.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

async function run(environment: Record<string, string> = {}): Promise<ChildApp> {
  const app = await startApp('errors', { BELLWETHER_URL: sink.url, ...environment });
  apps.push(app);
  return app;
}

const errors = (): SeenLog[] => sink.logs.filter(log => log.eventName === 'exception');

interface Frame {
  readonly filename: string;
  readonly lineno: number;
  readonly function?: string;
  readonly in_app: boolean;
  readonly pre_context?: readonly string[];
  readonly context_line?: string;
  readonly post_context?: readonly string[];
  readonly vars?: Readonly<Record<string, unknown>>;
}

/** The frames of what was thrown, the newest call first. */
function framesOf(log: SeenLog | undefined): readonly Frame[] {
  const list: { stacktrace?: { frames: Frame[] } }[] = JSON.parse(String(log?.attributes['sentry.exception'] ?? '[]'));
  return list.at(-1)?.stacktrace?.frames.toReversed() ?? [];
}

test.each(['fastify', 'express'])(
  '[I1][I4] an error that a handler of %s lets through is reported with its request, user, breadcrumbs and source lines',
  async kind => {
    const app = await run();
    expect(
      (await app.get(`/${kind}/throws/u1?token=abc`, { 'user-agent': 'probe/1', 'x-request-id': 'gw-1' })).status,
    ).toBe(500);
    await expect.poll(() => [errors().length, sink.spans.length]).toEqual([1, 1]);
    await app.stop();
    const [log, ...others] = errors();
    expect(others).toEqual([]);
    const span = sink.spans.find(each => each.name.endsWith('/:what/:who'));
    expect(log).toMatchObject({
      severity: 17,
      body: 'no room for u1',
      traceId: span?.traceId,
      spanId: span?.spanId,
      attributes: {
        'exception.type': 'RangeError',
        'exception.message': 'no room for u1',
        'sentry.mechanism.type': 'http.server',
        'sentry.mechanism.handled': false,
        'http.request.method': 'GET',
        'http.route': '/:what/:who',
        'user_agent.original': 'probe/1',
        'request.id': 'gw-1',
        'user.id': 'u1',
        mine: 'u1',
      },
    });
    const crumbs: { category?: string; message: string }[] = JSON.parse(String(log?.attributes['sentry.breadcrumbs']));
    expect(crumbs.map(({ category, message }) => [category, message])).toEqual([
      ['http.server', 'GET /throws/u1'],
      [undefined, 'asked by u1'],
    ]);
    const [newest] = framesOf(log);
    expect(newest).toMatchObject({
      in_app: true,
      function: 'act',
      context_line: expect.stringContaining('no room for'),
    });
    expect(newest?.pre_context?.at(-1)).toContain("case 'throws':");
    expect(span?.events[0]).toMatchObject({
      name: 'exception',
      attributes: { 'exception.type': 'RangeError', 'sentry.event_id': log?.attributes['sentry.event_id'] },
    });
  },
);

test.each(['fastify', 'express'])(
  '[I6][W20] %s: reported and thrown again is one report; 4xx and ignored ones are none',
  async kind => {
    const app = await run();
    for (const what of ['caught-and-thrown', 'client', 'invalid']) await app.get(`/${kind}/${what}/u1`);
    await app.stop();
    expect(
      errors().map(log => [log.body, log.attributes['where'], log.attributes['sentry.mechanism.handled']]),
    ).toEqual([['twice u1', 'handler', true]]);
    const dropped = sink.points.filter(point => point.metric === 'bellwether.errors.dropped');
    const last = new Map(dropped.map(point => [point.attributes['reason'], point.value]));
    expect(Object.fromEntries(last)).toEqual({ duplicate: 1, 'client error': 1, 'ignored: ValidationError': 1 });
  },
);

test.each(['fastify', 'express'])('%s: an error after the client went away is reported too', async kind => {
  const app = await run();
  const gone = new AbortController();
  const asked = fetch(`http://127.0.0.1:${app.port}/${kind}/late/u1`, { signal: gone.signal }).catch(() => undefined);
  await expect.poll(() => app.output.stdout, { timeout: 20_000 }).toContain('late began');
  gone.abort();
  await asked;
  await expect.poll(() => errors().length, { timeout: 20_000 }).toBe(1);
  await app.stop();
  expect(errors().map(log => [log.body, log.attributes['url.path']])).toEqual([['too late for u1', '/late/u1']]);
  expect(sink.spans.map(span => span.attributes['http.request.aborted'])).toEqual([true]);
});

test('errors are reported in traces that the caller did not sample', async () => {
  const app = await run();
  await app.get('/fastify/throws/u1', { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' });
  await app.stop();
  expect(sink.spans).toEqual([]);
  expect(errors().map(log => log.traceId)).toEqual(['4bf92f3577b34da6a3ce929d0e0e4736']);
});

test('[I5] 1,000 requests at once, of different users: each error knows its own', async () => {
  const app = await run();
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, index) => app.get(`/${index % 2 === 0 ? 'fastify' : 'express'}/throws/u${index}`)),
  );
  expect(new Set(answers.map(answer => answer.status))).toEqual(new Set([500]));
  await app.stop();
  expect(errors()).toHaveLength(1000);
  for (const { body, attributes } of errors()) {
    const who = String(body).split(' ').at(-1) ?? '';
    const crumbs: { message: string }[] = JSON.parse(String(attributes['sentry.breadcrumbs']));
    expect([
      attributes['user.id'],
      attributes['mine'],
      attributes['url.path'],
      ...crumbs.map(({ message }) => message),
    ]).toEqual([who, who, `/throws/${who}`, `GET /throws/${who}`, `asked by ${who}`]);
  }
});

test('[I1] a fatal error is reported with its source lines although nothing asynchronous runs any more', async () => {
  const app = await run();
  await app.get('/fastify/crash/u9').catch(() => undefined);
  await app.stop();
  const log = errors().find(each => each.severity === 21);
  expect(log).toMatchObject({
    body: 'Uncaught exception: the end of u9',
    attributes: { 'sentry.mechanism.type': 'onuncaughtexception', 'user.id': 'u9', 'url.path': '/crash/u9' },
  });
  expect(framesOf(log)[0]?.context_line).toContain('throw new TypeError(`the end of ${who}`)');
  expect(errors()).toHaveLength(1);
});

test('[I1] an error that ends a worker which started the SDK is reported', async () => {
  const app = await run();
  expect((await app.get('/express/worker/u1')).status).toBe(200);
  await app.stop();
  expect(errors().map(log => [log.body, log.service])).toEqual([['Uncaught exception: in a worker', 'worker']]);
});

test('[I1] stacks lead to the sources that people wrote, by the source map beside a file', async () => {
  const source =
    'export async function fail(): Promise<never> {\n  const order: Order = read();\n  throw new Error(`lost`);\n}\n';
  // Column 0 of line 1 is line 1 of the source; line 2 of what runs is line 3, column 2 (base64 VLQ: 0,0,0,0 and 0,0,+2,+2).
  const map = { version: 3, sources: ['../src/orders.ts'], sourcesContent: [source], names: [], mappings: 'AAAA;AAEE' };
  const file = join(folder, 'dist', 'orders.mjs');
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(
    file,
    'export async function fail() {\nthrow new Error(`lost`);\n}\n//# sourceMappingURL=orders.mjs.map\n',
  );
  writeFileSync(`${file}.map`, JSON.stringify(map));
  const app = await run({ MAPPED: pathToFileURL(file).href });
  await app.get('/fastify/mapped/u1');
  await app.stop();
  const [log] = errors();
  expect(framesOf(log)[0]).toMatchObject({
    filename: join(folder, 'src', 'orders.ts'),
    lineno: 3,
    function: 'Module.fail',
    in_app: true,
    context_line: '  throw new Error(`lost`);',
    pre_context: ['export async function fail(): Promise<never> {', '  const order: Order = read();'],
  });
  expect(log?.attributes['exception.stacktrace']).toContain(`at Module.fail (${join(folder, 'src', 'orders.ts')}:3:`);
});

test('source lines can be switched off', async () => {
  const app = await run({ BELLWETHER_SOURCE_CONTEXT: 'false' });
  await app.get('/fastify/throws/u1');
  await app.stop();
  const [newest] = framesOf(errors()[0]);
  expect([newest?.function, newest?.context_line]).toEqual(['act', undefined]);
});

test('[I4] local variables, when they are asked for, go along with each own frame, without secrets, and nothing of the application runs for them', async () => {
  const app = await run({ BELLWETHER_LOCAL_VARIABLES: 'true' });
  expect((await app.get('/express/pays/u7')).status).toBe(500);
  await app.stop();
  const frames = framesOf(errors()[0]);
  expect(frames[0]).toMatchObject({ function: 'pay' });
  expect(frames[0]?.vars).toEqual({
    price: '[undefined]',
    line: '[undefined]',
    order: { id: 7, lines: ['[Object]'], card: { cvc: '[redacted]' } },
    apiKey: '[redacted]',
    lazy: { total: '[undefined]' },
  });
  expect(frames.find(frame => frame.function === 'act')?.vars).toMatchObject({ what: 'pays', who: 'u7' });
  expect(frames.filter(frame => !frame.in_app && frame.vars !== undefined)).toEqual([]);
});

test('[I4] local variables are off unless asked for; when exceptions come too fast they switch themselves off, and the application goes on', async () => {
  const plain = await run();
  await plain.get('/express/pays/u1');
  await plain.stop();
  expect(framesOf(errors()[0]).filter(frame => frame.vars !== undefined)).toEqual([]);
  sink.logs.length = 0;
  const app = await run({ BELLWETHER_LOCAL_VARIABLES: 'true' });
  expect((await app.get('/express/storm/u1')).body).toBe('ok');
  expect((await app.get('/express/pays/u2')).status).toBe(500);
  expect(await app.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  expect(app.output.stderr).not.toMatch(/debugger|inspector/i);
  const told = sink.logs.filter(log => log.eventName === 'bellwether.local_variables');
  expect(told.map(log => log.body)).toEqual([
    'local variables of errors are off for 30 s: more than 20 exceptions were thrown in a second',
  ]);
  expect(framesOf(errors()[0]).filter(frame => frame.vars !== undefined)).toEqual([]);
});

test('[I4] local variables of what nobody caught are there too, and the process ends as it would', async () => {
  const app = await run({ BELLWETHER_LOCAL_VARIABLES: 'true' });
  await app.get('/express/crash/u9');
  await expect.poll(() => app.process.exitCode).toBe(1);
  const [log] = errors();
  expect(log?.attributes['exception.message']).toBe('the end of u9');
  expect(framesOf(log)[0]?.vars).toEqual({ last: 9 });
  expect(app.output.stderr).not.toMatch(/debugger|inspector/i);
});
