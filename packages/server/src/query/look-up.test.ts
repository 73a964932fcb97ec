import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf } from '../store/store.js';
import type { Asker } from './asker.js';
import { lookUp } from './look-up.js';

let store: ChdbStore;
let close: () => Promise<void>;

const nowMs = 1_780_000_000_000;
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const at = (minutesAgo: number): string => `fromUnixTimestamp64Milli(toInt64(${nowMs - minutesAgo * 60_000}), 'UTC')`;
const asker = (workspace: string): Asker => ({
  store,
  scope: scopeOf(workspace),
  signal: new AbortController().signal,
});
const found = async (text: string, workspace = 'default'): Promise<readonly object[]> =>
  (await lookUp(asker(workspace), text, nowMs)).places;

beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  await store.command(
    `INSERT INTO spans (workspace, ts, trace_id, span_id, service, name, tenant_id, attrs, error_fingerprint, received)
SELECT 'default', ${at(5)}, unhex('${traceId}'), unhex('00f067aa0ba902b7'), 'a', 'b', 'acme', map('request.id', 'req-81f3', 'user.id', 'ann@acme.example'), 7, today()`,
  );
  await store.command(
    `INSERT INTO logs (workspace, ts, id, service, body, tenant_id, attrs, received)
SELECT 'default', ${at(3)}, 1, 'a', 'x', 'acme', map('request_id', 'req-81f3'), today()`,
  );
}, 60_000);
afterAll(() => close());

test('a trace, an error and a tenant are found by their ids, in whatever case', async () => {
  const fiveMinutesAgo = nowMs - 300_000;
  expect(await found(traceId.toUpperCase())).toEqual([{ kind: 'trace', traceId, atMs: fiveMinutesAgo }]);
  expect(await found('0000000000000007')).toEqual([{ kind: 'error', id: '0000000000000007', atMs: fiveMinutesAgo }]);
  expect(await found('acme')).toEqual([{ kind: 'tenant', tenant: 'acme', atMs: nowMs - 180_000 }]);
});

test('the id of a request or a user leads to the newest span and line that have it', async () => {
  expect(await found('req-81f3')).toEqual([
    { kind: 'attribute', signal: 'spans', key: 'request.id', value: 'req-81f3', traceId, atMs: nowMs - 300_000 },
    { kind: 'attribute', signal: 'logs', key: 'request_id', value: 'req-81f3', traceId: '', atMs: nowMs - 180_000 },
  ]);
  expect(await found('ann@acme.example')).toMatchObject([{ key: 'user.id', traceId }]);
});

test("what is nowhere is not found, nor is another workspace's", async () => {
  expect(await found('0'.repeat(31) + '1')).toEqual([]);
  expect(await found("req-81f3' OR 1=1 --")).toEqual([]);
  for (const text of [traceId, 'acme', 'req-81f3', '0000000000000007']) expect(await found(text, 'other')).toEqual([]);
});
