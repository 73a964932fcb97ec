import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf } from '../store/store.js';
import type { Asker } from './asker.js';
import { listFieldValues } from './fields.js';
import { serviceOverview } from './service-overview.js';
import { traceHistogram } from './trace-search.js';

let store: ChdbStore;
let asker: Asker;
let close: () => Promise<void>;

const startMs = 1_780_000_000_000;
const window = { fromMs: startMs, toMs: startMs + 600_000, env: undefined };

/** 40 requests of a share of a tenth, 1 ms each; 10 that failed and 2 that were slow, which stand for themselves. */
beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  asker = { store, scope: scopeOf('default'), signal: new AbortController().signal };
  const insert = (first: number, count: number, status: number, ms: number, weight: number): Promise<void> =>
    store.command(`INSERT INTO spans (workspace, ts, duration_ns, trace_id, span_id, service, name, kind, status_code, error_type, attrs, received, weight)
SELECT 'default', fromUnixTimestamp64Milli(toInt64(${startMs} + number * 1000), 'UTC'), ${ms * 1_000_000}, unhex(leftPad(hex(${first} + number), 32, '0')),
  unhex(leftPad(hex(${first} + number), 16, '0')), 'shop', 'GET /a', 2, ${status}, if(${status} = 2, 'Declined', ''),
  map('outcome', if(${status} = 2, 'failed', 'ok')), today(), ${weight} FROM numbers(${count})`);
  await insert(1, 40, 0, 1, 10);
  await insert(1001, 10, 2, 1, 1);
  await insert(2001, 2, 0, 1000, 1);
});

afterAll(() => close());

test('[B5] spans count for as many as they stand for, and the answer says how many are stored', async () => {
  const answer = await traceHistogram(asker, { ...window, search: { kind: 'everything' }, steps: 10 });
  expect([answer.total, answer.stored]).toEqual([412, 52]);
  expect(answer.errors.reduce((sum, count) => sum + count, 0)).toBe(10);
});

test('[B5] a short range of a service, which is read from spans, has true rates, errors and quantiles, and says that they are estimates', async () => {
  const question = { ...window, service: 'shop', compare: undefined, nowMs: window.toMs };
  const { totals, errors, isScaled, endpoints } = await serviceOverview(asker, question);
  expect(totals).toMatchObject({ requests: 412, errors: 10, errorRatio: 10 / 412 });
  // Of 52 stored requests 4 in 100 are slow, of the 412 that came not one in 100.
  expect(totals.p99Ms).toBeLessThan(2);
  expect(totals.meanMs).toBeCloseTo((410 + 2000) / 412, 6);
  expect(errors).toMatchObject([{ type: 'Declined', count: 10 }]);
  expect([isScaled, endpoints[0]?.requests]).toEqual([true, 412]);
});

test('values of an attribute are counted for as many spans as there were', async () => {
  const { values } = await listFieldValues(asker, { ...window, signal: 'spans', prefix: '', key: 'outcome' });
  expect(values).toEqual([
    { value: 'ok', count: 402 },
    { value: 'failed', count: 10 },
  ]);
});
