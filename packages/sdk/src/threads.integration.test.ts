import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChildApp, startApp } from './test-support/child-app.js';
import { type Sink, startSink } from './test-support/sink.js';

let sink: Sink;
let app: ChildApp | undefined;

beforeEach(async () => {
  sink = await startSink();
});
afterEach(async () => {
  await app?.stop('SIGKILL');
  await sink.close();
});

const instances = (): ReadonlySet<unknown> => new Set(sink.resources.map(resource => resource['service.instance.id']));

test('[A7][A8] a worker thread that starts the SDK is an instance of its own, ends when it has nothing to do, and counts nothing of the process again', async () => {
  app = await startApp('threads', { BELLWETHER_URL: sink.url });
  expect((await app.get('/')).body).toBe('resized');
  expect((await app.get('/end')).body).toBe('0');
  const sent = sink.spans.map(span => span.name);
  expect(sent.filter(name => name.endsWith('resize'))).toHaveLength(1);
  await app.stop();
  expect(instances().size).toBe(2);
  const threads = new Set(sink.resources.map(resource => resource['thread.id']));
  expect([...threads].toSorted()).toEqual([1, undefined]);
  const ofThread = sink.batches.filter(({ resource }) => resource['thread.id'] === 1);
  const metrics = new Set(ofThread.flatMap(({ points }) => points.map(point => point.metric)));
  expect(metrics.has('v8js.memory.heap.used')).toBe(true);
  expect([...metrics].filter(name => /^(?:process|system|container)\./.test(name))).toEqual([]);
});

test('[A7][A8] each process of a cluster is an instance; a request is counted once, and all is sent when the primary ends', async () => {
  app = await startApp('cluster', { BELLWETHER_URL: sink.url });
  const pids = new Set<string>();
  for (let times = 0; times < 6; times++) pids.add((await app.get('/', { connection: 'close' })).body);
  await app.stop();
  const end = Date.now() + 45_000;
  while (sink.spans.length < 6 && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 30));
  expect(pids.size).toBe(2);
  expect(sink.spans.map(span => span.name)).toEqual(Array.from({ length: 6 }, () => 'GET'));
  expect(instances().size).toBe(3);
});
