import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { cpuMs } from '../base/cpu-time.test-support.js';
import { z } from 'zod';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf, type Store } from '../store/store.js';
import type { Question } from './question.js';
import { defaultPromql } from './settings.js';
import { type PoolOptions, WorkerPool } from './worker-pool.js';

let store: ChdbStore;
let closeStore: () => Promise<void>;
const pools: WorkerPool[] = [];

const startMs = 1_780_000_000_000;
const manySeries = 20_000;

beforeAll(async () => {
  if (!existsSync(fileURLToPath(new URL('../../dist/promql/query-worker.js', import.meta.url))))
    throw new Error('packages/server is not built: run `npm run build`');
  ({ store, close: closeStore } = await emptyStore());
  await store.command(`INSERT INTO metric_series (workspace, metric, id, type, attrs, last_seen, received)
SELECT 'default', 'm', number, '', map('n', toString(number), 'long', repeat('a', 40)), fromUnixTimestamp64Milli(toInt64(${startMs}), 'UTC'), today() FROM numbers(${manySeries})`);
  await store.command(`INSERT INTO metric_samples (workspace, metric, id, ts, value, received)
SELECT 'default', 'm', number % ${manySeries}, fromUnixTimestamp64Milli(toInt64(${startMs} + intDiv(number, ${manySeries}) * 15000), 'UTC'), number, today() FROM numbers(${manySeries * 8})`);
});
afterEach(() => Promise.all(pools.splice(0).map(pool => pool.close())));
afterAll(() => closeStore());

function pool(options: Partial<PoolOptions> = {}): WorkerPool {
  const made = new WorkerPool({ ...defaultPromql, ...options }, () => 1);
  pools.push(made);
  return made;
}

const answer = z.object({
  status: z.string(),
  errorType: z.string().optional(),
  error: z.string().optional(),
  data: z.unknown().optional(),
});

async function asked(
  threads: WorkerPool,
  question: Question,
  {
    signal = new AbortController().signal,
    timeoutMs,
    over = store,
    workspace = 'default',
  }: { signal?: AbortSignal; timeoutMs?: number; over?: Store; workspace?: string } = {},
) {
  const { status, body } = await threads.ask(question, { store: over, scope: scopeOf(workspace), signal }, timeoutMs);
  return { code: status, ...answer.parse(JSON.parse(new TextDecoder().decode(body))) };
}

const instant = (query: string): Question => ({
  kind: 'instant',
  query,
  timeMs: startMs + 60_000,
  lookbackMs: undefined,
  limit: 0,
  withStats: false,
});

test('questions are answered at the same time, each in a thread of its own, others wait', async () => {
  const threads = pool({ workers: 2 });
  const answers = await Promise.all(Array.from({ length: 6 }, (_, at) => asked(threads, instant(`${at} + 1`))));
  expect(answers.map(({ data }) => data)).toEqual(
    Array.from({ length: 6 }, (_, at) => ({ resultType: 'scalar', result: [1_780_000_060, String(at + 1)] })),
  );
});

const hostile: readonly (readonly [name: string, query: string, code: number, error: RegExp])[] = [
  ['a hundred thousand parentheses', '('.repeat(100_000) + '1' + ')'.repeat(100_000), 400, /parse error/],
  ['a hundred thousand signs', `${'-'.repeat(100_000)}1`, 400, /parse error/],
  ['a hundred thousand operators', `1${' + 1'.repeat(100_000)}`, 400, /parse error/],
  ['a megabyte of text', `"${'x'.repeat(1_100_000)}"`, 400, /parse error|too long|longer/],
  ['a pattern that backtracks', 'count(m{long=~"(a+)+b"})', 200, /^$/],
  ['a pattern that is written out to a million states', 'm{n=~"((a{0,100}){0,100}){0,100}"}', 400, /./],
  ['everything', 'count({__name__=~".+"})', 200, /^$/],
  ['a subquery of a year at a millisecond', 'max_over_time(vector(1)[1y:1ms])', 422, /too many samples|points|steps/],
  ['a subquery in a subquery', 'sum_over_time(sum_over_time(m[1d:1s])[30d:1s])', 422, /too many samples|points|steps/],
];

test.each(hostile)('%s ends with an answer within the limits', async (_, query, code, error) => {
  const begunMs = cpuMs();
  const found = await asked(pool({ maxSeconds: 50 }), instant(query));
  expect([found.code, found.error ?? '']).toEqual([code, expect.stringMatching(error)]);
  expect(cpuMs() - begunMs).toBeLessThan(9000);
});

test('a selector of more series than a query may fetch is refused', async () => {
  const found = await asked(pool({ maxSeries: 1000 }), instant('sum(m)'));
  expect([found.code, found.errorType, found.error]).toEqual([
    422,
    'execution',
    'the selector m matches more than 1000 series: name more of their labels',
  ]);
});

test('more samples than a query may hold are refused', async () => {
  const found = await asked(pool({ maxSamples: 10_000 }), instant('sum_over_time(m[5m])'));
  expect([found.code, found.errorType]).toEqual([422, 'execution']);
  expect(found.error).toContain('query processing would load too many samples into memory in query execution');
});

test('sums over more samples than a query may hold are read in parts, and come to the same', async () => {
  const statements: string[] = [];
  const counting: Store = {
    ...store,
    queryBlocks(sql, onBlock, options) {
      if (sql.includes('metric_samples')) statements.push(sql);
      return store.queryBlocks(sql, onBlock, options);
    },
  };
  const sum = async (range: string, selector = 'm'): Promise<unknown> => {
    const query = instant(
      `sum by (x) (sum_over_time(${selector}[${range}])) + sum(count_over_time(${selector}[${range}]))`,
    );
    // Five of eight samples lie before the time that is asked for.
    const { data } = await asked(pool({ maxSamples: 200_000 }), query, { over: counting });
    return data;
  };
  expect(await sum('3h')).toEqual({
    resultType: 'vector',
    // 0 to 99,999, and how many they are.
    result: [{ metric: {}, value: [1_780_000_060, String((99_999 * 100_000) / 2 + 100_000)] }],
  });
  expect(statements.length).toBeGreaterThan(3);
  expect(new Set(statements.map(sql => sql.includes('{firstId:UInt64}')))).toEqual(new Set([true]));
  expect(await sum('6h', 'm{n=~"1.*"}')).toEqual(await sum('5m', 'm{n=~"1.*"}'));
}, 60_000);

/** A store whose rows never come. */
const stuck = (signals: (AbortSignal | undefined)[]): Store => ({
  ...store,
  queryBytes(_sql, { signal }) {
    signals.push(signal);
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
  },
});

test('a query over its time is answered 503, its reads are stopped, and the next is answered', async () => {
  const threads = pool({ workers: 1 });
  const signals: (AbortSignal | undefined)[] = [];
  // A thread is there: starting one may take as long.
  await asked(threads, instant('1'));
  const found = await asked(threads, instant('m'), { timeoutMs: 100, over: stuck(signals) });
  expect([found.code, found.errorType]).toEqual([503, 'timeout']);
  expect(found.error).toContain('query timed out after 0.1 s');
  expect(signals.every(signal => signal?.aborted === true)).toBe(true);
  expect((await asked(threads, instant('1'))).code).toBe(200);
});

test('a query that computes beyond its time is ended, too', async () => {
  const slow = 'sum by (n) (rate(m[2m])) * on (n) group_left sum by (n) (m)';
  const range: Question = {
    kind: 'range',
    query: slow,
    startMs,
    endMs: startMs + 105_000,
    stepMs: 10,
    lookbackMs: undefined,
    limit: 0,
    withStats: false,
  };
  const found = await asked(pool({ maxSamples: 1e12 }), range, { timeoutMs: 300 });
  expect([found.code, ['timeout', 'execution'].includes(found.errorType ?? '')]).toEqual([
    found.errorType === 'timeout' ? 503 : 422,
    true,
  ]);
});

test('when nobody waits any more, the work ends', async () => {
  const threads = pool({ workers: 1 });
  const leaving = new AbortController();
  const signals: (AbortSignal | undefined)[] = [];
  const found = asked(threads, instant('m'), { signal: leaving.signal, over: stuck(signals) });
  while (signals.length === 0) await new Promise(resolve => setTimeout(resolve, 5));
  leaving.abort(new Error('gone'));
  await expect(found).rejects.toThrow('gone');
  expect(signals.every(signal => signal?.aborted === true)).toBe(true);
  expect((await asked(threads, instant('2'))).code).toBe(200);
});

test('slow queries of one workspace hold up its own others, and not those of another workspace', async () => {
  const threads = pool({ workers: 2 });
  const leaving = new AbortController();
  const reads = Array.from({ length: 5 }, (): (AbortSignal | undefined)[] => []);
  const slow = reads.map(signals =>
    asked(threads, instant('m'), { signal: leaving.signal, over: stuck(signals), workspace: 'slow' }),
  );
  const ended = Promise.allSettled(slow);
  const begun = (): number => reads.filter(signals => signals.length > 0).length;
  await expect.poll(begun).toBe(2);
  // Both threads are taken, and three queries came before these.
  for (const query of ['1', '2', '3'])
    expect((await asked(threads, instant(query), { workspace: 'quick' })).code).toBe(200);
  expect(begun()).toBe(2);
  leaving.abort(new Error('gone'));
  expect((await ended).map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'rejected'));
});

test('a workspace that asks without end is refused before others are', async () => {
  const threads = pool({ workers: 1 });
  const leaving = Array.from({ length: 120 }, () => new AbortController());
  const many = leaving.map(({ signal }) =>
    asked(threads, instant('m'), { signal, over: stuck([]), workspace: 'many' }),
  );
  const ended = Promise.allSettled(many);
  expect((await asked(threads, instant('1'), { workspace: 'other' })).code).toBe(200);
  for (const one of leaving) one.abort(new Error('gone'));
  const refused = (await ended).flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
  expect(refused.map(({ code, error }) => [code, error])).toEqual(
    Array.from({ length: 19 }, () => [503, '100 queries wait already; try again in a moment']),
  );
});

test('a query that needs more memory than a thread has ends with a sentence, and the next is answered', async () => {
  const threads = pool({ workers: 1, maxHeapMiB: 24 });
  const found = await asked(threads, instant('count by (n, long) (m) or label_replace(m, "x", "$1", "n", "(.*)")'));
  expect([found.code, found.error]).toEqual([
    422,
    'the query needs more memory than 24 MiB: ask for a shorter range or fewer series',
  ]);
  expect((await asked(threads, instant('1'))).code).toBe(200);
});

test('after close questions are refused', async () => {
  const threads = pool();
  await threads.close();
  expect((await asked(threads, instant('1'))).code).toBe(503);
});
