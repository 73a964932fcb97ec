import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { blockInserter } from '../store/quarantine.js';
import { memoryOf } from './kept-samples.test-support.js';
import { type WantedSeries, rememberedSamples } from './remembered-samples.js';
import { SampleCache } from './sample-cache.js';
import { storeReader } from './store-reader.test-support.js';
import { tellingInsert } from './telling-insert.js';

let store: ChdbStore;
let dataDir: string;
let closeStore: () => Promise<void>;

beforeAll(async () => {
  ({ store, dataDir, close: closeStore } = await emptyStore());
});
afterAll(() => closeStore());

interface Row {
  readonly workspace: string;
  readonly metric: string;
  readonly id: number;
  readonly ms: number;
  /** SQL. */
  readonly value: string;
}

let lastBlock = 0;

/** Stores a block as the receiver's are stored, and tells the cache. */
async function insert(cache: SampleCache, rows: readonly Row[]): Promise<void> {
  const path = join(dataDir, 'blocks', `block-${++lastBlock}.native`);
  const tuples = rows.map(
    ({ workspace, metric, id, ms, value }) =>
      `('${workspace}', '${metric}', toUInt64(${id}), toInt64(${ms}), ${value})`,
  );
  await store.command(`INSERT INTO FUNCTION file('${path}', Native)
SELECT row.1 AS workspace, row.2 AS metric, row.3 AS id, fromUnixTimestamp64Milli(row.4, 'UTC') AS ts, toFloat64(row.5) AS value, today() AS received
FROM (SELECT arrayJoin([${tuples.join(', ')}]) AS row)`);
  const telling = tellingInsert(blockInserter(store, join(dataDir, 'quarantine')), store, cache);
  await telling({ table: 'metric_samples', path, rows: rows.length, bytes: 0 }, `block-${lastBlock}`);
  await rm(path);
}

/** One line for each series. */
async function answer(workspace: string, wanted: WantedSeries, cache?: SampleCache): Promise<readonly string[]> {
  const memory = cache === undefined ? undefined : memoryOf(cache, workspace);
  try {
    return lines(wanted, await rememberedSamples({ ...storeReader(store, workspace), memory }, wanted));
  } finally {
    memory?.end();
  }
}

function lines({ series }: WantedSeries, found: Awaited<ReturnType<typeof rememberedSamples>>): readonly string[] {
  return [...series].toSorted().flatMap(id => {
    const columns = found(id);
    if (columns === undefined || columns.timesMs.length === 0) return [];
    const words = new BigUint64Array(columns.values.slice().buffer);
    const samples = Array.from(columns.timesMs, (ms, at) => `${words[at]?.toString(16)}@${ms}`);
    const { values, rises = false } = columns;
    expect(!rises || values.every((value, at) => at === 0 || value >= values[at - 1]!)).toBe(true);
    return [`${id} ${samples.join(' ')}`];
  });
}

/** Asks the store and what is kept, and once more; gives a last look at what that found, when others have gone on. */
async function compared(cache: SampleCache, workspace: string, wanted: WantedSeries): Promise<() => void> {
  const plain = await answer(workspace, wanted);
  // Side by side: one of them waits for the other.
  const kept = await Promise.all([answer(workspace, wanted, cache), answer(workspace, wanted, cache)]);
  expect(kept).toEqual([plain, plain]);
  const memory = memoryOf(cache, workspace);
  const found = await rememberedSamples({ ...storeReader(store, workspace), memory }, wanted);
  return () => {
    expect(lines(wanted, found)).toEqual(plain);
    memory.end();
  };
}

const firstMs = 1_780_000_000_000;

const wish = (ids: readonly number[], startMs: number, endMs: number, isAll = true, ofSeries = 10): WantedSeries => ({
  metrics: ['m'],
  ids: isAll ? undefined : ids.map(BigInt),
  series: new Set(ids.map(BigInt)),
  ofSeries,
  startMs,
  endMs,
});

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test.for([1, 2, 3, 4])(
  'what is kept answers as the store does, whatever is written late, twice, out of order or taken away between questions (%i)',
  { timeout: 120_000 },
  async seed => {
    const random = randomFrom(seed);
    const cache = new SampleCache(1 << 20);
    let nowMs = firstMs + seed * 86_400_000 * 10;
    const beganMs = nowMs;
    const workspaces = [`one${seed}`, `two${seed}`];
    /** Questions that go on looking at what they found: it must not change under them. */
    const open: (() => void)[] = [];
    for (let step = 0; step < 45; step++) {
      const workspace = workspaces[random(2)]!;
      if (open.length > 2) open.shift()?.();
      switch (random(6)) {
        case 0:
        case 1: {
          // A scrape, or several; some series are missing in it.
          nowMs += 15_000 * (1 + random(3));
          const rows = Array.from({ length: 8 }, (_, id) => ({
            workspace,
            metric: 'm',
            id,
            ms: nowMs,
            value: `${step}`,
          }));
          await insert(cache, rows.filter(() => random(5) > 0).concat(rows.slice(0, 1)));
          break;
        }
        case 2: {
          // Late, twice, out of order, stale markers and other NaNs, days ago and ahead.
          const rows = Array.from({ length: 1 + random(12) }, () => ({
            workspace,
            metric: random(4) === 0 ? 'other' : 'm',
            id: random(10),
            ms: [nowMs - random(40) * 15_000, nowMs + random(5) * 15_000, nowMs - 86_400_000 * random(3)][random(3)]!,
            value: [`${random(100)}`, 'reinterpretAsFloat64(0x7ff0000000000002)', 'nan', '-inf'][random(4)]!,
          }));
          await insert(cache, rows);
          break;
        }
        case 3: {
          if (random(4) > 0) break;
          await store.command(
            `ALTER TABLE metric_samples DELETE WHERE workspace = '${workspace}' AND id = ${random(8)} AND ts > fromUnixTimestamp64Milli(toInt64(${nowMs - 300_000}), 'UTC') SETTINGS mutations_sync = 2`,
          );
          cache.clear();
          break;
        }
        default: {
          const isAll = random(3) > 0;
          const ids = isAll ? Array.from({ length: 10 }, (_, id) => id) : [random(10), random(10)];
          const startMs = nowMs - random(60) * 15_000;
          const endMs = startMs + random(80) * 15_000;
          const wanted = wish(ids, startMs, endMs, isAll, isAll || random(2) === 0 ? 10 : 10_000);
          open.push(await compared(cache, workspace, wanted));
        }
      }
    }
    for (const look of open) look();
    const all = wish([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], beganMs, nowMs + 100_000);
    for (const workspace of workspaces)
      expect(await answer(workspace, all, cache)).toEqual(await answer(workspace, all));
    expect(cache.facts.hits + cache.facts.refreshes).toBeGreaterThan(10);
    cache.close();
  },
);

const steady = (workspace: string, from: number, to: number): readonly Row[] =>
  Array.from({ length: (to - from) * 5 }, (_, at) => ({
    workspace,
    metric: 'm',
    id: at % 5,
    ms: firstMs + (from + Math.floor(at / 5)) * 15_000,
    value: `${at}`,
  }));

test('a refresh reads only what is new', async () => {
  const cache = new SampleCache(1 << 20);
  await insert(cache, steady('fresh', 0, 100));
  const all = [0, 1, 2, 3, 4];
  const endOf = (scrape: number): number => firstMs + scrape * 15_000 - 1;
  await answer('fresh', wish(all, firstMs, endOf(100)), cache);
  await insert(cache, steady('fresh', 100, 102));
  const reader = storeReader(store, 'fresh');
  const read: number[] = [];
  const memory = memoryOf(cache, 'fresh');
  const found = await rememberedSamples(
    {
      ...reader,
      memory,
      readBlocks(statement, onBlock) {
        read.push(Number(statement.params['fromMs']));
        return reader.readBlocks(statement, onBlock);
      },
    },
    wish(all, firstMs + 30_000, endOf(102)),
  );
  expect(found(3n)?.timesMs.length).toBe(100);
  expect(found(3n)?.timesMs).toBe(found(4n)?.timesMs);
  expect(read).toEqual([endOf(100) + 1]);
  memory.end();
  cache.close();
});

test('two workspaces with the same metric and the same ids see their own samples', async () => {
  const cache = new SampleCache(1 << 20);
  await insert(cache, steady('mine', 0, 3));
  await insert(cache, steady('yours', 1, 5));
  const wanted = wish([0, 1, 2, 3, 4], firstMs, firstMs + 100_000);
  for (let round = 0; round < 3; round++) {
    expect((await answer('mine', wanted, cache)).map(line => line.split(' ').length - 1)).toEqual([3, 3, 3, 3, 3]);
    expect((await answer('yours', wanted, cache)).map(line => line.split(' ').length - 1)).toEqual([4, 4, 4, 4, 4]);
    expect(await answer('nobody', wanted, cache)).toEqual([]);
  }
  cache.close();
});
