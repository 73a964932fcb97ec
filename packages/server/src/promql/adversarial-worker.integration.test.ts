import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { EngineBusy } from '../store/session-pool.js';
import { type QueryOptions, type Store, scopeOf } from '../store/store.js';
import type { Question } from './question.js';
import { defaultPromql } from './settings.js';
import { type PoolOptions, WorkerPool } from './worker-pool.js';

let store: ChdbStore;
let closeStore: () => Promise<void>;
const pools: WorkerPool[] = [];
const startMs = 1_780_000_000_000;

beforeAll(async () => {
  ({ store, close: closeStore } = await emptyStore());
  for (const workspace of ['owner', 'stranger']) {
    await store.command(`INSERT INTO metric_series (workspace, metric, id, type, attrs, last_seen, received)
SELECT '${workspace}', concat('m', toString(number)), number, '', map('of', '${workspace}'), fromUnixTimestamp64Milli(toInt64(${startMs}), 'UTC'), today() FROM numbers(4)`);
    await store.command(`INSERT INTO metric_samples (workspace, metric, id, ts, value, received)
SELECT '${workspace}', concat('m', toString(number)), number, fromUnixTimestamp64Milli(toInt64(${startMs}), 'UTC'), number, today() FROM numbers(4)`);
  }
});
afterEach(() => Promise.all(pools.splice(0).map(pool => pool.close())));
afterAll(() => closeStore());

function pool(options: Partial<PoolOptions> = {}): WorkerPool {
  const made = new WorkerPool({ ...defaultPromql, workers: 1, ...options }, () => 1);
  pools.push(made);
  return made;
}

const instant = (query: string): Question => ({
  kind: 'instant',
  query,
  timeMs: startMs,
  lookbackMs: undefined,
  limit: 0,
  withStats: false,
});
const metadata: Question = { kind: 'metadata', metric: '', limit: 0, limitPerMetric: 0 };

async function asked(
  threads: WorkerPool,
  question: Question,
  workspace: string,
  over: Store = store,
  timeoutMs = 5000,
) {
  const { signal } = new AbortController();
  const { status, body } = await threads.ask(question, { store: over, scope: scopeOf(workspace), signal }, timeoutMs);
  return { code: status, text: new TextDecoder().decode(body) };
}

const untilAborted = ({ signal }: QueryOptions): Promise<never> =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

test('a question that is refused while it still reads leaves nothing behind that the next one would wait for', async () => {
  const threads = pool();
  const half: Store = {
    ...store,
    queryBytes: (sql, options) =>
      sql.includes('red_minutes') ? Promise.reject(new EngineBusy('busy')) : untilAborted(options),
  };
  expect((await asked(threads, metadata, 'owner', half)).code).toBe(503);
  expect(await asked(threads, instant('m1'), 'owner')).toMatchObject({
    code: 200,
    text: expect.stringContaining('"of":"owner"'),
  });
});

test('what a refused question still wants to read is never read in the name of the next one', async () => {
  const threads = pool();
  const read: string[] = [];
  const found = new EventEmitter();
  const refused = once(found, 'm2');
  /** Series of m1 are refused, and those of m2 come in the same moment. */
  const noted = (rest: Store): Store => ({
    ...rest,
    async queryBytes(sql, options) {
      const metrics = z.array(z.string()).safeParse(options.params?.['metrics']).data ?? [];
      read.push(`${options.scope.workspace} ${metrics.join()}`);
      if (!sql.includes('FROM metric_series') || metrics.length === 0) return rest.queryBytes(sql, options);
      if (metrics.includes('m1')) {
        await refused;
        throw new EngineBusy('busy');
      }
      const rows = await rest.queryBytes(sql, options);
      found.emit('m2');
      await refused;
      return rows;
    },
    queryBlocks(sql, onBlock, options) {
      read.push(`${options.scope.workspace} ${String(options.params?.['metric'])}`);
      return rest.queryBlocks(sql, onBlock, options);
    },
  });
  const first = asked(threads, instant('m1 or m2'), 'owner', noted(store));
  const others = Promise.all([1, 2, 3].map(n => asked(threads, instant(`m3 * ${n}`), 'stranger', noted(store))));
  expect((await first).code).toBe(503);
  for (const { text } of await others) expect(text).toContain('"of":"stranger"');
  expect(read.filter(line => line.startsWith('stranger') && /m[12]/.test(line))).toEqual([]);
});
