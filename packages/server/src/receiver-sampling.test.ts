import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { LedgerAccount } from './handover/messages.js';
import { serverStandIn, type ServerStandIn, type StandInBehaviour } from './handover/server-stand-in.test-support.js';
import { runReceiver, type ReceiverOptions, type RunningReceiver } from './receiver.js';
import { gap, newSpan, requestOf, stored, tenth, type SampledSpan } from './receiver-sampling.test-support.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function options(changes: Partial<ReceiverOptions> = {}): ReceiverOptions {
  const made = receiverOptions({ grpc: undefined, tailSampling: tenth, ...changes });
  cleanups.push(() => removeFolder(made.dataDir));
  return made;
}

async function start(options: ReceiverOptions): Promise<RunningReceiver> {
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return receiver;
}

async function standIn(
  { dataDir }: ReceiverOptions,
  kept = new Map<string, Buffer>(),
  behaviour: StandInBehaviour = {},
): Promise<ServerStandIn> {
  const server = await serverStandIn(join(dataDir, 'server.sock'), behaviour, kept);
  cleanups.push(() => server.stop());
  return server;
}

async function send({ httpPort }: RunningReceiver, spans: readonly SampledSpan[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: requestOf(spans),
  });
  await answer.arrayBuffer();
  expect(answer.status).toBe(200);
}

/** The one row of the ledger, when it is as wanted. */
async function row(server: ServerStandIn, wanted: (row: LedgerAccount) => boolean): Promise<LedgerAccount> {
  let found: LedgerAccount | undefined;
  await expect.poll(() => (found = server.status()?.ledger.rows[0]) !== undefined && wanted(found)).toBe(true);
  if (found === undefined) throw new Error('no row');
  expect(gap(found)).toBe(0);
  return found;
}

const spans = (count: number, changes: Partial<SampledSpan> = {}): readonly SampledSpan[] =>
  Array.from({ length: count }, () => newSpan(changes));

test('[B5] traces wait, pending, until they are decided; then they are stored or counted as sampled out, and those with an error are stored', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  const failing = newSpan({ isError: true });
  await send(receiver, spans(300));
  await send(receiver, [failing]);
  await row(server, ({ received, pending }) => received === 301 && pending === 301);
  const decided = await row(server, ({ pending }) => pending === 0);
  expect(decided.stored + decided.sampledOut).toBe(301);
  expect([decided.stored > 5, decided.stored < 80]).toEqual([true, true]);
  const ids = stored(server.kept);
  expect([ids.size, ids.get(failing.id.toString('hex'))]).toEqual([decided.stored, 1]);
});

test('a flush decides at once what waits, so that all that was acknowledged before is queryable or counted', async () => {
  const given = options({ tailSampling: { ...tenth, holdSeconds: 60 } });
  const server = await standIn(given);
  const receiver = await start(given);
  await send(receiver, spans(200));
  await row(server, ({ pending }) => pending === 200);
  await server.flush();
  const { stored, sampledOut } = await row(server, ({ pending }) => pending === 0);
  expect(stored + sampledOut).toBe(200);
});

test('memory for what waits is bounded: the oldest is decided before its time', async () => {
  const given = options({ tailSampling: { ...tenth, holdSeconds: 60, maxHeldBytes: 50_000 } });
  const server = await standIn(given);
  const receiver = await start(given);
  for (let request = 0; request < 10; request++) await send(receiver, spans(50));
  await row(server, ({ received, sampledOut }) => received === 500 && sampledOut > 0);
  expect(server.status()?.metricsText).toMatch(/bellwether_sampling_early_requests_total [1-9]/);
  await server.flush();
});

test('a block that is made from the log holds what was decided when it was cut', async () => {
  const given = options({ blocksMaxBytes: 0 });
  const server = await standIn(given);
  const receiver = await start(given);
  await send(receiver, spans(300));
  await row(server, ({ received }) => received === 300);
  const { stored: count, sampledOut } = await row(server, ({ pending }) => pending === 0);
  expect(stored(server.kept).size).toBe(count);
  expect(count + sampledOut).toBe(300);
});

test('rows of a sampled block that the engine refuses are counted as dropped, whoever was left out before them', async () => {
  const given = options();
  const server = await standIn(given, undefined, { refuse: ({ table }) => (table === 'spans' ? [[1, 2]] : []) });
  const receiver = await start(given);
  await send(receiver, spans(300));
  const { stored, sampledOut, dropped } = await row(
    server,
    ({ received, pending }) => received === 300 && pending === 0,
  );
  expect(dropped).toEqual({ engine: 2 });
  expect(stored + sampledOut).toBe(298);
});

test('a record that decayed while it waited is dropped, and its head says how much that is', async () => {
  const given = options({ tailSampling: { ...tenth, holdSeconds: 60 } });
  const first = await start(given);
  for (const count of [20, 30, 40]) await send(first, spans(count));
  await first.stop();
  const folder = join(given.dataDir, 'wal');
  const segment = join(folder, readdirSync(folder).find(name => name.endsWith('.wal')) ?? '');
  const bytes = readFileSync(segment);
  const third = bytes.lastIndexOf(bytes.subarray(0, 8));
  // The last byte of the second record's body.
  bytes.writeUInt8(bytes.readUInt8(third - 1) ^ 1, third - 1);
  writeFileSync(segment, bytes);
  const server = await standIn(given);
  await start(given);
  const { stored: count, dropped } = await row(server, ({ pending }) => pending === 0);
  expect([count, dropped]).toEqual([60, { corrupt: 30 }]);
});

test('segments of the log are given back while nothing but traces that wait comes', async () => {
  const given = options({ walMaxBytes: 512 << 10 });
  const server = await standIn(given);
  const receiver = await start(given);
  for (let request = 0; request < 40; request++) {
    await send(receiver, spans(200));
    await sleep(30);
  }
  const { received } = await row(server, ({ received, pending }) => received === 8000 && pending === 0);
  expect(received).toBe(8000);
  await expect.poll(() => server.status()?.walBytes).toBeLessThan(256 << 10);
});

test('a workspace whose sampling was turned off still has what waited, whole', async () => {
  const given = options({ tailSampling: { ...tenth, holdSeconds: 60 } });
  const first = await start(given);
  await send(first, spans(100));
  await first.stop();
  const server = await standIn(given);
  await start({ ...given, tailSampling: undefined });
  const { stored: count } = await row(server, ({ pending }) => pending === 0);
  expect([count, stored(server.kept).size]).toEqual([100, 100]);
});

test('[B5] [W31] a crash at any moment loses and doubles nothing: what is acknowledged is stored once or sampled out, errors and their traces are stored', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  const sent: SampledSpan[] = [];
  let isOver = false;
  const sending = (async () => {
    for (let request = 0; request < 30; request++) {
      const some = spans(20);
      // The error comes after the beginning of its trace.
      const [first] = some;
      await send(receiver, some);
      sent.push(...some);
      const failing = newSpan({ isError: true, isRoot: false, ...(first && { trace: first.trace }) });
      await send(receiver, [failing, newSpan()]);
      sent.push(failing);
      await sleep(40);
    }
    isOver = true;
  })();

  interface Crash {
    readonly dataDir: string;
    readonly kept: Map<string, Buffer>;
    readonly acknowledged: readonly SampledSpan[];
  }
  const crashes: Crash[] = [];
  await expect.poll(() => sent.length).toBeGreaterThan(0);
  for (const isLast = (): boolean => isOver; !isLast(); await sleep(250)) {
    const dataDir = mkdtempSync(join(tmpdir(), 'bellwether-crash-'));
    cleanups.push(() => removeFolder(dataDir));
    for (const folder of ['wal', 'blocks'])
      if (existsSync(join(given.dataDir, folder)))
        cpSync(join(given.dataDir, folder), join(dataDir, folder), { recursive: true });
    crashes.push({ dataDir, kept: new Map(server.kept), acknowledged: [...sent] });
  }
  await sending;

  for (const { dataDir, kept, acknowledged } of crashes) {
    const again = { ...given, dataDir };
    const before = [...stored(kept).values()].reduce((sum, times) => sum + times, 0);
    const afterwards = await standIn(again, kept);
    const second = await start(again);
    await expect.poll(() => afterwards.status()).toBeDefined();
    await afterwards.flush();
    const settled = await row(afterwards, ({ pending, received }) => pending === 0 && received >= acknowledged.length);
    const ids = stored(afterwards.kept);
    expect([...ids.values()].filter(times => times !== 1)).toEqual([]);
    expect([ids.size, ids.size >= before]).toEqual([settled.stored, true]);
    const failed = acknowledged.filter(({ isError }) => isError);
    const whole = acknowledged.filter(span => failed.some(({ trace }) => trace.equals(span.trace)));
    expect(whole.filter(({ id }) => !ids.has(id.toString('hex')))).toEqual([]);
    await second.stop();
    await afterwards.stop();
  }
  expect(crashes.length).toBeGreaterThan(3);
}, 120_000);
