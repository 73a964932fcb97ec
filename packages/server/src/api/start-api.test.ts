import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChdbStore } from '../store/chdb-store.js';
import type { Store } from '../store/store.js';
import { serverSideLink } from './receiver-link.test.support.js';
import { emptyStore, fillWithSample } from './sample-store.test.support.js';
import { type ApiDeps, startApi } from './start-api.js';

let store: ChdbStore;
let deps: ApiDeps;
let closeStore: () => Promise<void>;

beforeAll(async () => {
  const { store: opened, dataDir, close } = await emptyStore();
  store = opened;
  closeStore = close;
  await fillWithSample(store);
  deps = {
    store,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '0.0.0',
    startedAtMs: 0,
    demo: false,
    uiDir: undefined,
    dataDir,
    log: Fastify({ logger: { level: 'error' } }).log,
  };
});

afterAll(() => closeStore());

test('the queries of a client that went away are stopped', async () => {
  const signals: AbortSignal[] = [];
  const slow: Store = {
    ...store,
    async query(sql, options) {
      if (options.signal !== undefined) signals.push(options.signal);
      await new Promise(resolve => options.signal?.addEventListener('abort', resolve, { once: true }));
      return store.query(sql, options);
    },
  };
  const api = await startApi({ ...deps, store: slow }, new AbortController().signal);
  const leaving = new AbortController();
  const answer = fetch(`http://127.0.0.1:${api.port}/api/bw/v1/services?from=0&to=1`, { signal: leaving.signal });
  while (signals.length < 3) await new Promise(resolve => setTimeout(resolve, 5));
  leaving.abort();
  await expect(answer).rejects.toThrow('abort');
  while (!signals.every(signal => signal.aborted)) await new Promise(resolve => setTimeout(resolve, 5));
  expect(signals.map(signal => signal.aborted)).toEqual([true, true, true]);
  await api.stop();
});

test('it stops with its signal, also while a tail is open', async () => {
  const end = new AbortController();
  const api = await startApi(deps, end.signal);
  const tail = await fetch(`http://127.0.0.1:${api.port}/api/bw/v1/logs/tail`);
  expect(tail.status).toBe(200);
  end.abort();
  await api.stop();
  await expect(fetch(`http://127.0.0.1:${api.port}/health/live`)).rejects.toThrow('fetch failed');
  await tail.body?.cancel().catch(() => undefined);
});

test('workspaces do not see each other', async () => {
  const api = await startApi(deps, new AbortController().signal);
  const signals = async (workspace: string): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${api.port}/api/bw/v1/status`, {
      headers: { 'x-scope-orgid': workspace },
    });
    const status = (await answer.json()) as { workspace: string; signals: { traces: { stored: boolean } } };
    expect(status.workspace).toBe(workspace);
    return status.signals.traces.stored;
  };
  expect([await signals('default'), await signals('other')]).toEqual([true, false]);
  await api.stop();
});
