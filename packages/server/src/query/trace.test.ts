import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf } from '../store/store.js';
import type { Asker } from './asker.js';
import { readTrace } from './trace.js';

let store: ChdbStore;
let asker: Asker;
let close: () => Promise<void>;

const startMs = 1_780_000_000_000;

beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  asker = { store, scope: scopeOf('default'), signal: new AbortController().signal };
});

afterAll(() => close());

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

/** Spans of one trace, each a microsecond after the one before; a parent of 0 is none. */
async function send(
  trace: number,
  spans: readonly { readonly id: number; readonly parent: number }[],
): Promise<string> {
  for (const [i, { id, parent }] of spans.entries()) {
    await store.command(`INSERT INTO spans (workspace, ts, duration_ns, trace_id, span_id, parent_span_id, service, name, kind, received)
SELECT 'default', fromUnixTimestamp64Nano(toInt64(${startMs}000000 + ${i} * 1000), 'UTC'), 500, unhex('${hex(trace, 32)}'), unhex('${hex(id, 16)}'), unhex('${hex(parent, 16)}'), 's', 'n${id}', 1, today()`);
  }
  return hex(trace, 32);
}

const parentsOf = async (id: string): Promise<readonly number[] | undefined> =>
  (await readTrace(asker, id, startMs))?.spans.parent;

test('a span whose parent is not here says so, and more may still arrive', async () => {
  const id = await send(1, [
    { id: 1, parent: 99 },
    { id: 2, parent: 1 },
  ]);
  const trace = await readTrace(asker, id, startMs + 3_600_000);
  expect(trace?.spans.parent).toEqual([-2, 0]);
  expect(trace?.arriving).toBe(true);
});

test('spans that are their own ancestors do not hang who walks up', async () => {
  expect(await parentsOf(await send(2, [{ id: 1, parent: 1 }]))).toEqual([-2]);
  const ring = await send(3, [
    { id: 1, parent: 3 },
    { id: 2, parent: 1 },
    { id: 3, parent: 2 },
    { id: 4, parent: 2 },
  ]);
  const parents = (await parentsOf(ring)) ?? [];
  expect(parents.filter(parent => parent === -2).length).toBe(1);
  for (const start of parents.keys()) {
    let steps = 0;
    for (let at = start; at >= 0; at = parents[at] ?? -1) steps += 1;
    expect(steps).toBeLessThanOrEqual(parents.length);
  }
});

test('times count from the start of the trace, to the nanosecond', async () => {
  const trace = await readTrace(
    asker,
    await send(256, [
      { id: 1, parent: 0 },
      { id: 2, parent: 1 },
    ]),
    startMs + 3_600_000,
  );
  expect([trace?.startNs, trace?.spans.startUs, trace?.spans.durationUs, trace?.durationUs]).toEqual([
    `${startMs}000000`,
    [0, 1],
    [0.5, 0.5],
    1.5,
  ]);
  expect(trace?.arriving).toBe(false);
});

test('beyond 10,000 spans a trace is cut, and says how many there are', async () => {
  await store.command(`INSERT INTO spans (workspace, ts, trace_id, span_id, parent_span_id, service, name, received)
SELECT 'default', fromUnixTimestamp64Nano(toInt64(${startMs}000000 + number), 'UTC'), unhex('${hex(77, 32)}'), unhex(leftPad(hex(number + 1), 16, '0')), unhex('${hex(0, 16)}'), 's', 'n', today() FROM numbers(10050)`);
  const trace = await readTrace(asker, hex(77, 32), startMs);
  expect([trace?.truncated, trace?.spanCount, trace?.spans.id.length]).toEqual([true, 10_050, 10_000]);
});

test('a trace that was never sent is not here', async () => {
  expect(await readTrace(asker, hex(4, 32), startMs)).toBeUndefined();
});
