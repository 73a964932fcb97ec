import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from './chdb-store.js';
import { type QueryOptions, scopeOf } from './store.js';

let store: ChdbStore;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ store, close } = await emptyStore());
});
afterAll(() => close());

const row = "number, repeat('secret', 10)";
const scoped = "{workspace:String} != ''";
const failing: readonly (readonly [name: string, sql: string, options: Partial<QueryOptions>])[] = [
  ['more rows than it may', `SELECT ${row}, repeat('x', 1000) FROM numbers(1000000) WHERE ${scoped}`, {}],
  ['a mistake after many rows', `SELECT ${row}, throwIf(number = 500000) FROM numbers(1000000) WHERE ${scoped}`, {}],
  [
    'more time than it may',
    `SELECT ${row}, sleepEachRow(0.001) FROM numbers(10000000) WHERE ${scoped} SETTINGS max_block_size = 100, max_threads = 1`,
    { maxSeconds: 1 },
  ],
];

/** More than there are sessions: whichever one failed, it answers. */
async function othersSee(): Promise<readonly string[]> {
  const scope = scopeOf('other');
  const sql = `SELECT 'own' AS text WHERE ${scoped}`;
  const asBytes = await Promise.all(Array.from({ length: 5 }, () => store.queryBytes(sql, { scope })));
  const asRows = await Promise.all(Array.from({ length: 5 }, () => store.query(sql, { scope })));
  return [
    ...asBytes.map(bytes => new TextDecoder().decode(bytes).slice(0, 100)),
    ...asRows.map(({ rows }) => JSON.stringify(rows).slice(0, 100)),
  ];
}

const own = [...Array.from({ length: 5 }, () => '["own"]\n'), ...Array.from({ length: 5 }, () => '[{"text":"own"}]')];

test.each(failing)('nothing of a query that failed for %s stands in the next answer', async (_, sql, options) => {
  const scope = scopeOf('owner');
  await Promise.all(
    Array.from({ length: 3 }, () => expect(store.queryBytes(sql, { scope, ...options })).rejects.toThrow(/./)),
  );
  expect(await othersSee()).toEqual(own);
  await Promise.all(
    Array.from({ length: 3 }, () => expect(store.query(sql, { scope, ...options })).rejects.toThrow(/./)),
  );
  expect(await othersSee()).toEqual(own);
});

test('nor of one that was stopped because nobody waits any more', async () => {
  const sql = `SELECT ${row}, sleepEachRow(0.001) FROM numbers(10000000) WHERE ${scoped} SETTINGS max_block_size = 100, max_threads = 1`;
  for (let round = 0; round < 3; round++) {
    const leaving = new AbortController();
    const asked = store.queryBytes(sql, { scope: scopeOf('owner'), signal: leaving.signal });
    setTimeout(() => leaving.abort(new Error('gone')), 200);
    await expect(asked).rejects.toThrow('gone');
    expect(await othersSee()).toEqual(own);
  }
});

test('nor, for ourselves, of a command that failed', async () => {
  await expect(store.rows('SELECT number, throwIf(number = 500000) FROM numbers(1000000)')).rejects.toThrow(/./);
  expect(await store.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
