import { expect, test } from 'vitest';
import { type HeldSamples, SampleCache } from './sample-cache.js';
import { type SharedSamples, noSamples, withNewSamples } from './shared-samples.js';

const nobody = (): boolean => false;
const wanted = (metric: string, workspace = 'w', startMs = 0, endMs = 1000) => ({
  workspace,
  metric,
  startMs,
  endMs,
  needsMore: false,
});

/** Samples of one series: so many, one each millisecond. */
function samples(count: number): SharedSamples {
  const timesMs = Float64Array.from({ length: count }, (_, at) => at);
  return withNewSamples(noSamples(0, undefined), {
    cutMs: 0,
    upToMs: 1000,
    series: new Map([[1n, { timesMs, values: timesMs }]]),
    wantedFromMs: 0,
    mayOverwrite: true,
  });
}

/** Asks as a question of its own, and keeps what it was to read. */
async function keep(
  cache: SampleCache,
  task: number,
  metric: string,
  count = 10,
  workspace = 'w',
): Promise<HeldSamples> {
  const held = await cache.hold(task, wanted(metric, workspace), nobody);
  if (held.kind === 'lease') cache.publish(task, held.entry, samples(count));
  cache.ended(task);
  return held;
}

test('a metric that is asked for once may be kept while it is small, and while it is large from the second time on', async () => {
  const cache = new SampleCache(100 << 20);
  const [first, second] = [await cache.hold(1, wanted('m'), nobody), await cache.hold(2, wanted('m'), nobody)];
  expect(first).toMatchObject({ kind: 'lease', samples: undefined, maxBytes: 1 << 20 });
  // It does not wait for a first reader, whose samples may be too large.
  expect(second).toEqual({ kind: 'none' });
  if (first.kind === 'lease') cache.release(1, first.entry);
  cache.ended(1);
  expect(await cache.hold(3, wanted('m'), nobody)).toMatchObject({ kind: 'lease', maxBytes: 50 << 20 });
  cache.close();
});

test('who asks while another reads waits for it, and reads itself when the other ends without a word', async () => {
  const cache = new SampleCache(1 << 20);
  await keep(cache, 1, 'm');
  cache.touched({ workspace: 'w', metric: 'm', fromMs: 5, toMs: 7 });
  expect(await cache.hold(2, wanted('m'), nobody)).toMatchObject({ kind: 'lease', cutMs: 5 });
  const waiting = cache.hold(3, wanted('m'), nobody);
  cache.ended(2);
  // What the other had begun to write over is not trusted.
  expect(await waiting).toMatchObject({ kind: 'lease', samples: undefined });
  cache.ended(3);
  expect(cache.facts).toMatchObject({ entries: 0, bytes: 0 });
  cache.close();
});

test('what is written while it is read is read again by the next question', async () => {
  const cache = new SampleCache(1 << 20);
  const held = await cache.hold(1, wanted('m'), nobody);
  cache.touched({ workspace: 'w', metric: 'm', fromMs: 800, toMs: 800 });
  if (held.kind === 'lease') cache.publish(1, held.entry, samples(10));
  cache.ended(1);
  expect(await cache.hold(2, wanted('m', 'w', 0, 799), nobody)).toMatchObject({ kind: 'ready' });
  expect(await cache.hold(2, wanted('m'), nobody)).toMatchObject({ kind: 'lease', cutMs: 800, mayOverwrite: false });
  cache.close();
});

test('what is written for others, or outside of what is kept, changes nothing', async () => {
  const cache = new SampleCache(1 << 20);
  await keep(cache, 1, 'm');
  cache.touched({ workspace: 'v', metric: 'm', fromMs: 5, toMs: 5 });
  cache.touched({ workspace: 'w', metric: 'n', fromMs: 5, toMs: 5 });
  cache.touched({ workspace: 'w', metric: 'm', fromMs: -50, toMs: -5 });
  cache.touched({ workspace: 'w', metric: 'm', fromMs: 1001, toMs: 2000 });
  expect(await cache.hold(2, wanted('m'), nobody)).toMatchObject({ kind: 'ready' });
  cache.close();
});

test('the workspace that holds most gives way: many metrics of one do not push out those of another', async () => {
  const cache = new SampleCache(1 << 20);
  await keep(cache, 1, 'm', 1000, 'calm');
  for (let n = 0; n < 120; n++) await keep(cache, 10 + n, `m${n}`, 1000, 'loud');
  expect(cache.facts.bytes).toBeLessThanOrEqual(1 << 20);
  expect(cache.facts.evicted).toBeGreaterThan(10);
  expect(await cache.hold(2, wanted('m', 'calm'), nobody)).toMatchObject({ kind: 'ready' });
  cache.close();
});

test('samples that nobody asks for are given back, and none is older than an hour', async () => {
  let nowMs = 0;
  const cache = new SampleCache(1 << 20, () => nowMs);
  await keep(cache, 1, 'unused');
  await keep(cache, 2, 'used');
  for (let minute = 1; minute <= 59; minute++) {
    nowMs = minute * 60_000;
    await keep(cache, 10 + minute, 'used');
    cache.sweep();
    expect(cache.facts.entries).toBe(minute > 15 ? 1 : 2);
  }
  nowMs = 61 * 60_000;
  cache.sweep();
  expect(cache.facts).toMatchObject({ entries: 0, bytes: 0 });
  cache.close();
});

test('what retention may have taken out of the store is read there, however often it is asked for', async () => {
  const dayMs = 86_400_000;
  let nowMs = 100 * dayMs;
  const cache = new SampleCache(
    1 << 20,
    () => nowMs,
    workspace => (workspace === 'short' ? 2 : 30),
  );
  const from = (workspace: string, startMs: number): Promise<HeldSamples> =>
    cache.hold(1, wanted('m', workspace, startMs, nowMs), nobody);
  /** The first day of which nothing was over its limit yet, and an hour for clocks that are ahead. */
  const edgeMs = 99 * dayMs + 3_600_000;
  expect(await from('short', edgeMs - 1)).toEqual({ kind: 'none' });
  const held = await from('short', edgeMs);
  if (held.kind === 'lease') cache.publish(1, held.entry, { ...samples(10), fromMs: edgeMs, upToMs: nowMs });
  cache.ended(1);
  expect((await from('short', edgeMs)).kind).toBe('ready');
  expect((await from('long', edgeMs - 1)).kind).toBe('lease');
  // At midnight the next day is over its limit: what is kept of it is not given any more.
  nowMs += dayMs;
  expect(await from('short', edgeMs)).toEqual({ kind: 'none' });
  cache.close();
});

test('that a metric has no histograms is known until one is written, or while it was looked for', () => {
  const cache = new SampleCache(1 << 20);
  const before = cache.histograms('w', 'm');
  expect(before.isPlain).toBe(false);
  cache.plain('w', 'm', before.writes);
  expect(cache.histograms('w', 'm').isPlain).toBe(true);
  expect(cache.histograms('v', 'm').isPlain).toBe(false);
  cache.touchedHistograms([{ workspace: 'w', metric: 'm' }]);
  cache.plain('w', 'm', before.writes);
  expect(cache.histograms('w', 'm').isPlain).toBe(false);
  cache.close();
});
