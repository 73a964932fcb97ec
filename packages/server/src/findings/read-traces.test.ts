import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Asker } from '../query/asker.js';
import { scopeOf } from '../store/store.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import type { ArrivedTrace } from './completed-traces.js';
import { readTraces } from './read-traces.js';

let store: TestStore;
let asker: Asker;
const nowMs = Math.floor(Date.now() / 1000) * 1000;

beforeAll(async () => {
  store = await openTestStore();
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
}, 30_000);
afterAll(() => store.close());

const trace = (n: number, atMs = nowMs): ArrivedTrace => ({
  workspace: 'default',
  traceId: n.toString(16).padStart(32, '0'),
  fromMs: atMs,
  toMs: atMs,
});

const add = ({ traceId, fromMs, workspace }: ArrivedTrace, spans: number): Promise<void> =>
  store.engine.command(
    `INSERT INTO spans (workspace, ts, trace_id, span_id, service, name, received)
SELECT '${workspace}', fromUnixTimestamp64Milli(toInt64(${fromMs})), unhex('${traceId}'), unhex(leftPad(hex(number + 1), 16, '0')), 'shop', 'work', today() FROM numbers(${spans})`,
  );

test('huge traces take no room of the others, and are read as far as 10,000 spans', async () => {
  const huge = [trace(1), trace(2), trace(3), trace(4)];
  const small = Array.from({ length: 20 }, (_, n) => trace(100 + n));
  for (const each of huge) await add(each, 12_000);
  for (const each of small) await add(each, 3);
  const read = await readTraces(asker, [...huge, ...small]);
  expect(read.map(({ trace }) => trace.count).toSorted((a, b) => b - a)).toEqual([
    ...huge.map(() => 10_000),
    ...small.map(() => 3),
  ]);
}, 30_000);

test('traces of clocks that go wrong are read with those of today, each in its own time and workspace', async () => {
  const today = trace(200);
  const longAgo = trace(201, nowMs - 300 * 86_400_000);
  const endless = { ...trace(202), toMs: nowMs + 1e15 };
  for (const each of [today, longAgo, endless]) await add(each, 2);
  await add({ ...today, workspace: 'other' }, 5);
  const read = await readTraces(asker, [today, longAgo, endless]);
  expect(read.map(({ trace }) => [trace.traceId, trace.count]).toSorted()).toEqual(
    [today, longAgo, endless].map(({ traceId }) => [traceId, 2]),
  );
});
