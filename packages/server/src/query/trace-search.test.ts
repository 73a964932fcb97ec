import type { TraceSort } from '@bellwether/model';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf } from '../store/store.js';
import type { Asker } from './asker.js';
import { searchLogs } from './logs.js';
import { searchTraces } from './trace-search.js';

let store: ChdbStore;
let asker: Asker;
let close: () => Promise<void>;

const startMs = 1_780_000_000_000;
const traces = 300;
const window = { fromMs: startMs, toMs: startMs + 6 * 3_600_000, env: undefined };

/**
 * 300 traces of three spans over six hours. Many share their time to the nanosecond and their duration; every fifth trace has a span five hours after its first,
 * so that it is met in several of the windows a search goes through. Ids end with zero bytes as often as they can.
 */
beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  asker = { store, scope: scopeOf('default'), signal: new AbortController().signal };
  const columns = 'workspace, ts, duration_ns, trace_id, span_id, service, name, status_code, received';
  for (const part of [0, 1, 2]) {
    const late = part === 2 ? 'if(number % 5 = 0, 18000000, 0)' : '0';
    await store.command(`INSERT INTO spans (${columns}) SELECT 'default', fromUnixTimestamp64Milli(toInt64(${startMs} + (number % 40) * 90000 + ${late}), 'UTC'),
  toUInt64((number % 7) * 1000000), unhex(rightPad(leftPad(lower(hex(number + 1)), 4, '0'), 32, '0')), unhex(leftPad(hex(number * 4 + ${part}), 16, '0')),
  's', 'n', if(number % 3 = 0 AND ${part} < 1 + number % 2, 2, 0), today() FROM numbers(${traces})`);
  }
  await store.command(`INSERT INTO logs (workspace, ts, id, service, body, received) SELECT 'default',
  fromUnixTimestamp64Milli(toInt64(${startMs} + (number % 40) * 500000), 'UTC'), number, 's', 'b', today() FROM numbers(${traces})`);
});

afterAll(() => close());

async function allPages(sort: TraceSort, limit: number): Promise<readonly string[]> {
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await searchTraces(asker, { ...window, search: { kind: 'everything' }, sort, limit, cursor });
    seen.push(...page.traces.map(trace => trace.traceId));
    if (page.nextCursor === null) return seen;
    expect(page.traces.length).toBe(limit);
    cursor = page.nextCursor;
  }
}

/** The order of the traces as one statement says it. */
async function expected(sort: TraceSort): Promise<readonly string[]> {
  const key = { recent: 'max(ts)', slowest: 'max(duration_ns)', errors: 'countIf(status_code = 2)' }[sort];
  const rows = await store.rows<{ id: string }>(
    `SELECT lower(hex(trace_id)) AS id FROM spans GROUP BY trace_id HAVING ${sort === 'errors' ? `${key} > 0` : 'true'} ORDER BY ${key} DESC, trace_id DESC`,
  );
  return rows.map(row => row.id);
}

test('pages follow each other without gap or repeat, whatever their size', async () => {
  const orders = {
    recent: await expected('recent'),
    slowest: await expected('slowest'),
    errors: await expected('errors'),
  };
  expect([orders.recent.length, orders.errors.length]).toEqual([300, 100]);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('recent' as const, 'slowest' as const, 'errors' as const),
      fc.integer({ min: 17, max: 310 }),
      async (sort, limit) => {
        expect(await allPages(sort, limit)).toEqual(orders[sort]);
      },
    ),
    { numRuns: 9 },
  );
});

test('pages of log lines do so too, though many share their time', async () => {
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await searchLogs(asker, { ...window, search: { kind: 'everything' }, limit: 23, cursor });
    seen.push(...page.logs.map(line => `${line.timeNs} ${line.id.padStart(20, '0')}`));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  expect(seen.length).toBe(traces);
  expect(seen).toEqual(seen.toSorted().toReversed());
  expect(new Set(seen).size).toBe(traces);
});

test('an empty range has no traces and no lines', async () => {
  const empty = {
    ...window,
    toMs: window.fromMs,
    search: { kind: 'everything' } as const,
    limit: 10,
    cursor: undefined,
  };
  expect(await searchTraces(asker, { ...empty, sort: 'recent' })).toEqual({
    traces: [],
    nextCursor: null,
    partial: false,
  });
  expect(await searchLogs(asker, empty)).toEqual({ logs: [], nextCursor: null, partial: false });
});
