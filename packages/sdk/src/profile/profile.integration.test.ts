import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from '../test-support/child-app.js';
import { type ReadProfile, readPprof } from '../test-support/pprof.js';
import { type Sink, startSink } from '../test-support/sink.js';

let sink: Sink;
let app: ChildApp;

beforeEach(async () => {
  sink = await startSink();
  const asked = { BELLWETHER_PROFILE_SIGNAL: 'SIGUSR2', BELLWETHER_PROFILE_SECONDS: '0.5' };
  app = await startApp('profile', { BELLWETHER_URL: sink.url, ...asked });
});
afterEach(async () => {
  await app.stop('SIGKILL');
  await sink.close();
});

async function taken(kind: string): Promise<ReadProfile> {
  const line = new RegExp(`^profile ${kind} (\\S+) (\\d+)$`, 'm');
  await expect.poll(() => app.output.stdout).toMatch(line);
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
  // The span that answered the request, so that the sample can be found from there.
  const spans = new Set(sink.spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  for (const { labels } of labelled) expect(spans).toContain(`${labels['trace_id']} ${labels['span_id']}`);
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

const uploads = (): readonly URLSearchParams[] =>
  sink.requests
    .map(({ path }) => new URL(path, sink.url))
    .filter(({ pathname }) => pathname === '/api/bw/v1/profiles')
    .map(({ searchParams }) => searchParams);

test('[B6] a signal has the process take a CPU and a heap profile and send them; it goes on as before', async () => {
  app.process.kill('SIGUSR2');
  // While one is taken, another signal asks for nothing new.
  app.process.kill('SIGUSR2');
  await expect.poll(() => uploads().map(query => query.get('kind'))).toEqual(['cpu', 'heap']);
  expect(uploads()[0]?.get('service')).toBe('profile');
  expect((await app.get('/search')).body).toBe('done');
  await app.stop();
  const told = sink.logs.filter(log => log.eventName === 'bellwether.profile');
  expect(told.map(log => log.attributes['bellwether.profile.kind'])).toEqual(['cpu', 'heap']);
});

test('[B6][F6] the admin view takes a profile on POST, for whom the guard lets in, and tells what became of it', async () => {
  const url = `http://127.0.0.1:${app.port}/admin/metrics`;
  const headers = { authorization: 'Bearer open-sesame' };
  const post = async (query: string, more: Record<string, string> = headers): Promise<number> =>
    (await fetch(`${url}/profile?${query}`, { method: 'POST', headers: more, redirect: 'manual' })).status;
  expect([await post('kind=cpu', {}), await post('kind=disk'), await post('seconds=1000')]).toEqual([401, 400, 400]);
  // A page of another site may have a browser send its cookies, but not this.
  expect(await post('kind=cpu', { ...headers, origin: 'https://elsewhere.example' })).toBe(403);
  expect(await post('kind=heap&seconds=3')).toBe(202);
  expect(await post('kind=cpu')).toBe(409);
  const view = async (): Promise<unknown> => (await fetch(url, { headers })).json();
  await expect.poll(view).toMatchObject({ profile: { status: 'taken', kind: 'heap', sent: true } });
  expect(uploads().map(query => query.get('kind'))).toEqual(['heap']);
  // A browser is led back to the page, which has the buttons.
  expect(await post('kind=cpu', { ...headers, accept: 'text/html', origin: `http://127.0.0.1:${app.port}` })).toBe(303);
  const page = await (await fetch(url, { headers: { ...headers, accept: 'text/html' } })).text();
  expect(page).toContain('action="/admin/metrics/profile?kind=cpu"');
});
