import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from '../test-support/child-app.js';
import type { SeenLog } from '../test-support/otlp.js';
import { type Sink, startSink } from '../test-support/sink.js';

let sink: Sink;
let app: ChildApp;

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  await app.stop('SIGKILL');
  await sink.close();
});

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
const told = (): readonly SeenLog[] => sink.logs.filter(log => log.eventName === 'nodejs.eventloop.stall');
const within = (name: string): SeenLog | undefined =>
  told().find(log => String(log.attributes['code.stacktrace']).includes(name));

test('[H1] [W38] when the event loop stands still, its place is told by file and line, with how long and in which request', async () => {
  app = await startApp('stalls', { BELLWETHER_URL: sink.url, BELLWETHER_STALL_MS: '100' });
  // None is told in the first three seconds; the first that is starts the thread that looks where the next ones are.
  await expect
    .poll(async () => {
      await app.get('/block');
      return within('standStill');
    })
    .toBeDefined();
  for (let i = 0; i < 3; i++) await app.get('/block');
  await app.get('/parse');
  await app.get('/exit');
  await expect.poll(() => app.process.exitCode).toBe(0);
  expect(app.output.stderr).toBe('');
  const stall = within('standStill');
  expect(stall?.body).toMatch(/^the event loop stood still for \d+ ms in standStill \(.+stalls\.mjs:[4-7]:\d+\)$/);
  expect(stall?.attributes).toMatchObject({
    'code.function.name': 'standStill',
    'code.file.path': expect.stringMatching(/stalls\.mjs$/),
    'code.line.number': expect.any(Number),
  });
  const ms = Number(stall?.attributes['nodejs.eventloop.stall.duration_ms']);
  expect(ms).toBeGreaterThan(200);
  const request = sink.spans.find(span => span.traceId === stall?.traceId && span.kind === 2);
  expect(request?.attributes['url.path']).toBe('/block');
  const span = sink.spans.find(
    ({ name, parentId }) => name === 'nodejs.eventloop.stall' && parentId === request?.spanId,
  );
  expect(span?.attributes).toMatchObject({
    'code.function.name': 'standStill',
    'code.line.number': expect.any(Number),
  });
  const histogram = sink.points.findLast(point => point.metric === 'nodejs.eventloop.stall.duration');
  expect(histogram?.count).toBeGreaterThanOrEqual(3);
});

test('stalls are not looked for when that is switched off', async () => {
  app = await startApp('stalls', { BELLWETHER_URL: sink.url, BELLWETHER_STALL_MS: '0' });
  await sleep(3200);
  await app.get('/block');
  await sleep(1500);
  await app.stop();
  expect(told()).toEqual([]);
});
