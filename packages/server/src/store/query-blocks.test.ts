import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from './chdb-store.js';
import { scopeOf } from './store.js';

let store: ChdbStore;
let closeStore: () => Promise<void>;
beforeAll(async () => {
  ({ store, close: closeStore } = await emptyStore());
});
afterAll(() => closeStore());

const scope = scopeOf('default');
const numbers = (count: string): string =>
  `SELECT number FROM numbers(${count}) WHERE {workspace:String} = 'default' SETTINGS max_block_size = 10000`;

test('blocks come one by one, and hold all rows', async () => {
  const lengths: number[] = [];
  await store.queryBlocks(numbers('100000'), block => lengths.push(block.length), { scope });
  expect(lengths.length).toBeGreaterThan(1);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBeGreaterThanOrEqual(800_000);
});

test('a block may be given to another thread', async () => {
  const { port1, port2 } = new MessageChannel();
  await store.queryBlocks(
    numbers('10'),
    block => {
      port1.postMessage(block, [block.buffer]);
      expect(block.length).toBe(0);
    },
    { scope },
  );
  port1.close();
  port2.close();
});

test('the work ends with the signal, and the sessions answer again', async () => {
  const ending = new AbortController();
  let blocks = 0;
  const asked = store.queryBlocks(
    numbers('100000000000'),
    () => {
      blocks += 1;
      if (blocks === 3) ending.abort(new Error('nobody waits'));
    },
    { scope, signal: ending.signal },
  );
  await expect(asked).rejects.toThrow('nobody waits');
  const answers = await Promise.all(
    Array.from({ length: 6 }, () =>
      store.query<{ one: number }>("SELECT 1 AS one WHERE {workspace:String} != ''", { scope }),
    ),
  );
  expect(answers.map(({ rows }) => rows)).toEqual(Array.from({ length: 6 }, () => [{ one: 1 }]));
});

test('a query over its time or its size is ended with a sentence', async () => {
  await expect(
    store.queryBlocks(
      "SELECT sum(sleepEachRow(0.5)) FROM numbers(20) WHERE {workspace:String} != ''",
      () => undefined,
      {
        scope,
        maxSeconds: 1,
      },
    ),
  ).rejects.toThrow('the query took longer than 1 s');
  await expect(store.queryBlocks(numbers('100000000000'), () => undefined, { scope })).rejects.toThrow(
    'the query reads more rows than it may',
  );
});

test('a query that the engine refuses says so', async () => {
  await expect(
    store.queryBlocks('SELECT nothing FROM metric_samples WHERE workspace = {workspace:String}', () => undefined, {
      scope,
    }),
  ).rejects.toThrow('the engine refused');
  await expect(store.queryBlocks('SELECT 1', () => undefined, { scope })).rejects.toThrow('must name its workspace');
});
