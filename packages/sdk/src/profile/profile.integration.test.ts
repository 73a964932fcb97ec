import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from '../test-support/child-app.js';
import { type ReadProfile, readPprof } from '../test-support/pprof.js';
import { type Sink, startSink } from '../test-support/sink.js';

let sink: Sink;
let app: ChildApp;

beforeEach(async () => {
  sink = await startSink();
  app = await startApp('profile', { BELLWETHER_URL: sink.url });
});
afterEach(async () => {
  await app.stop('SIGKILL');
  await sink.close();
});

async function taken(kind: string): Promise<ReadProfile> {
  const line = new RegExp(`^profile ${kind} (\\S+) (\\d+)$`, 'm');
  await expect.poll(() => app.output.stdout, { timeout: 20_000 }).toMatch(line);
  return readPprof(Buffer.from(line.exec(app.output.stdout)?.[1] ?? '', 'base64'));
}

test('[B6] a CPU profile on demand names function, file and line, and the trace of the request that was in progress', async () => {
  await app.get('/profile-cpu');
  for (let i = 0; i < 14; i++) await app.get('/search');
  const profile = await taken('cpu');
  expect(profile.valueTypes).toEqual(['samples/count', 'cpu/nanoseconds']);
  const slow = profile.samples.filter(({ stack }) =>
    stack.some(each => /^searchSlowly .*profile\.mjs:\d+$/.test(each)),
  );
  expect(slow.length).toBeGreaterThan(0);
  const ns = slow.reduce((sum, { values }) => sum + (values[1] ?? 0), 0);
  expect(ns).toBeGreaterThan(20e6);
  await app.stop();
  const searches = new Set(
    sink.spans.filter(span => span.attributes['url.path'] === '/search').map(span => span.traceId),
  );
  const labelled = slow.filter(({ labels }) => labels['trace_id'] !== undefined);
  expect(labelled.length).toBeGreaterThan(0);
  for (const { labels } of labelled) expect(searches).toContain(labels['trace_id']);
  expect(sink.requests.map(({ path }) => path.split('?')[0])).toContain('/api/bw/v1/profiles');
});

test('[B6] a heap profile names what allocated what is still there', async () => {
  await app.get('/profile-heap');
  await app.get('/keep');
  const profile = await taken('heap');
  expect(profile.valueTypes).toEqual(['inuse_space/bytes']);
  const kept = profile.samples.filter(({ stack }) => stack.some(each => each.startsWith('keepMuch ')));
  expect(kept.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)).toBeGreaterThan(5e6);
});
