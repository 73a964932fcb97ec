import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { LedgerAccount } from './handover/messages.js';
import { serverStandIn } from './handover/server-stand-in.test-support.js';
import type { ServerStandIn, StandInBehaviour } from './handover/server-stand-in.test-support.js';
import { message, tracesRequest } from './receive/otlp-bytes.test-support.js';
import { runReceiver } from './receiver.js';
import { silent } from './base/log.js';
import { WriteAheadLog } from './wal/write-ahead-log.js';
import type { ReceiverOptions, RunningReceiver } from './receiver.js';
import { receiverOptions, removeFolder } from './receiver.test-support.js';

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function options(changes: Partial<ReceiverOptions> = {}): ReceiverOptions {
  const made = receiverOptions({ grpc: undefined, ...changes });
  cleanups.push(() => removeFolder(made.dataDir));
  return made;
}

async function start(options: ReceiverOptions): Promise<RunningReceiver> {
  const receiver = await runReceiver(options, new AbortController().signal);
  cleanups.push(() => receiver.stop());
  return receiver;
}

async function standIn({ dataDir }: ReceiverOptions, behaviour: StandInBehaviour = {}): Promise<ServerStandIn> {
  const server = await serverStandIn(join(dataDir, 'server.sock'), behaviour);
  cleanups.push(() => server.stop());
  return server;
}

async function post(
  receiver: RunningReceiver,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
  signal = 'traces',
): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${receiver.httpPort}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body,
  });
  await answer.arrayBuffer();
  return answer.status;
}

const spans = (count: number): Buffer<ArrayBuffer> =>
  Buffer.from(tracesRequest(Array.from({ length: count }, () => ({ spanId: randomBytes(8) }))));

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, items) => total + items, 0);

/** What is missing in the equation of a row; 0 when it holds. */
function gap(row: LedgerAccount): number {
  const { received, stored, duplicate, sampledOut, pending, refused, dropped } = row;
  return received - stored - duplicate - sampledOut - pending - sum(refused) - sum(dropped);
}

const isNothing = (value: unknown): boolean =>
  value === 0 || value === '' || (typeof value === 'object' && JSON.stringify(value) === '{}');

/** The ledger's rows when all is stored, without what is zero; the equation holds in each. */
async function settled(server: ServerStandIn): Promise<readonly Partial<LedgerAccount>[]> {
  // Its first status says that the receiver is connected.
  await expect.poll(() => server.status()).toBeDefined();
  await server.flush();
  let rows: readonly LedgerAccount[] = [];
  await expect
    .poll(
      () => {
        rows = server.status()?.ledger.rows ?? [];
        return rows.length > 0 && rows.every(({ pending }) => pending === 0);
      },
      { timeout: 15_000 },
    )
    .toBe(true);
  expect(rows.map(gap)).toEqual(rows.map(() => 0));
  return rows.map(row => Object.fromEntries(Object.entries(row).filter(([, value]) => !isNothing(value))));
}

const account = { workspace: 'default', protocol: 'otlp/http', signal: 'traces' };

test('what is stored is received; spans that can not be stored are refused, and the rest of their request is stored', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  expect(await post(receiver, spans(3))).toBe(200);
  const bad = tracesRequest([{ spanId: randomBytes(8) }, { spanId: Buffer.alloc(8) }, { spanId: randomBytes(8) }]);
  expect(await post(receiver, Buffer.from(bad))).toBe(200);
  expect(await settled(server)).toEqual([{ ...account, received: 6, stored: 5, refused: { 'not-storable': 1 } }]);
});

test('a request that comes again is answered as the first time and stored once, also after a restart', async () => {
  const given = options();
  const first = await start(given);
  const body = gzipSync(spans(4));
  const headers = { 'content-encoding': 'gzip' };
  const answers = await Promise.all([1, 2, 3].map(() => post(first, body, headers)));
  expect(answers).toEqual([200, 200, 200]);
  await first.stop();

  const server = await standIn(given);
  const second = await start(given);
  expect(await post(second, body, headers)).toBe(200);
  expect(await settled(server)).toEqual([{ ...account, received: 16, stored: 4, duplicate: 12 }]);
});

/** One log record with these bytes for its time. */
const logWith = (time: Uint8Array): Buffer<ArrayBuffer> => {
  const record = Buffer.concat([time, message(5, message(1, Buffer.from('hello')))]);
  return Buffer.from(message(1, message(2, message(2, record))));
};

test('logs that carry no time may be sent twice on purpose; with a time the second is a copy', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  const untimed = logWith(Buffer.alloc(0));
  const timed = logWith(Buffer.from([1 * 8 + 1, 0, 0, 0, 0, 1, 0, 0, 0x18]));
  for (const body of [untimed, untimed, timed, timed]) expect(await post(receiver, body, {}, 'logs')).toBe(200);
  expect(await settled(server)).toEqual([{ ...account, signal: 'logs', received: 4, stored: 3, duplicate: 1 }]);
});

test('what waited in the log counts again after a restart, and refusals are not forgotten', async () => {
  const given = options();
  const first = await start(given);
  await post(first, spans(2));
  await post(first, Buffer.from(tracesRequest([{ spanId: Buffer.alloc(8) }])));
  expect(await post(first, Buffer.from('no protobuf'))).toBe(400);
  await first.stop();
  const server = await standIn(given);
  const second = await start(given);
  await post(second, spans(5));
  expect(await settled(server)).toEqual([{ ...account, received: 8, stored: 7, refused: { 'not-storable': 1 } }]);
  const status = server.status();
  expect(status?.ledger.requests).toEqual([
    { protocol: 'otlp/http', signal: 'traces', reason: 'bad-input', requests: 1 },
  ]);
  expect(status?.rejections.map(({ reason, count, example }) => [reason.slice(0, 12), count, example])).toContainEqual([
    expect.any(String),
    1,
    'no protobuf',
  ]);
  expect(status?.metricsText).toContain(
    'bellwether_ledger_items_total{workspace="default",key="",protocol="otlp/http",signal="traces",outcome="stored",reason=""} 7',
  );
});

const keyOf = (name: string, workspace: string) => ({
  name,
  workspace,
  sha256: createHash('sha256').update(name).digest('hex'),
});

test('each key and workspace has a row of its own', async () => {
  const given = options({ keys: [keyOf('a', 'one'), keyOf('b', 'one'), keyOf('c', 'two')] });
  const server = await standIn(given);
  const receiver = await start(given);
  for (const [name, count] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['a', 4],
  ] as const)
    await post(receiver, spans(count), { authorization: `Bearer ${name}` });
  const rows = await settled(server);
  expect(rows.map(({ workspace, key, stored }) => [workspace, key, stored])).toEqual([
    ['one', 'a', 5],
    ['one', 'b', 2],
    ['two', 'c', 3],
  ]);
});

test('rows that the engine refuses are taken off the account of whoever sent them', async () => {
  const keys = [keyOf('a', 'one'), keyOf('b', 'one')];
  const given = options({ keys });
  const receiver = await start(given);
  for (const [name, count] of [
    ['a', 2],
    ['b', 3],
    ['a', 2],
  ] as const)
    await post(receiver, spans(count), { authorization: `Bearer ${name}` });
  // Rows 0 and 1 are a's, 2 to 4 are b's, 5 and 6 are a's.
  const ranges = [
    [1, 2],
    [6, 1],
  ] as const;
  const server = await standIn(given, { refuse: ({ table }) => (table === 'spans' ? ranges : []) });
  const rows = await settled(server);
  expect(rows.map(({ key, stored, dropped }) => [key, stored, dropped])).toEqual([
    ['a', 2, { engine: 2 }],
    ['b', 2, { engine: 1 }],
  ]);
});

test('a record that decayed on the disk is dropped, and its head says how much that is', async () => {
  const given = options();
  const first = await start(given);
  await post(first, spans(2));
  await post(first, spans(3));
  await post(first, spans(4));
  await first.stop();
  const folder = join(given.dataDir, 'wal');
  const segment = join(folder, readdirSync(folder).find(name => name.endsWith('.wal')) ?? '');
  const bytes = readFileSync(segment);
  const marker = bytes.subarray(0, 8);
  const second = bytes.indexOf(marker, 8);
  const third = bytes.indexOf(marker, second + 8);
  // The last byte of the second record's body.
  bytes[third - 1] = bytes[third - 1]! ^ 1;
  writeFileSync(segment, bytes);

  const server = await standIn(given);
  await start(given);
  expect(await settled(server)).toEqual([{ ...account, received: 9, stored: 6, dropped: { corrupt: 3 } }]);
});

test('past a limit a request is answered 429 with Retry-After, and others are not touched', async () => {
  const limits = { itemsPerSecond: 10, burstSeconds: 1 };
  const given = options({ sendLimits: limits });
  const server = await standIn(given);
  const receiver = await start(given);
  const statuses: number[] = [];
  for (let request = 0; request < 4; request++)
    statuses.push(await post(receiver, spans(8), { 'x-scope-orgid': 'flood' }));
  expect(statuses).toEqual([200, 200, 429, 429]);
  expect(await post(receiver, spans(8), { 'x-scope-orgid': 'other' })).toBe(200);
  await settled(server);
  expect(server.status()?.ledger.requests).toMatchObject([{ reason: 'rate-limit', requests: 2 }]);
});

test('a translated request counts by its bytes unpacked', async () => {
  const receiver = await start(options({ sendLimits: { bytesPerSecond: 10_000, burstSeconds: 1 } }));
  const tags = { note: 'x'.repeat(60_000) };
  const body = gzipSync(
    JSON.stringify([{ traceId: '00000000000000aa', id: '00000000000000bb', timestamp: Date.now() * 1000, tags }]),
  );
  const send = async (): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const url = `http://127.0.0.1:${receiver.httpPort}/api/v2/spans`;
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  expect(body.length).toBeLessThan(1000);
  expect([await send(), await send()]).toEqual([202, 429]);
});

test('a key may have a largest request of its own, by bytes unpacked and by items', async () => {
  const limits = { maxRequestBytes: 2000, maxItemsPerRequest: 10, burstSeconds: 1 };
  const given = options({ keys: [{ ...keyOf('small', 'one'), limits }, keyOf('large', 'one')] });
  const server = await standIn(given);
  const receiver = await start(given);
  const small = { authorization: 'Bearer small' };
  const large = { authorization: 'Bearer large' };
  expect(await post(receiver, spans(10), small)).toBe(200);
  expect(await post(receiver, spans(11), small)).toBe(413);
  const wide = tracesRequest([{ spanId: randomBytes(8), name: 'x'.repeat(3000) }]);
  expect(await post(receiver, gzipSync(wide), { ...small, 'content-encoding': 'gzip' })).toBe(413);
  expect(await post(receiver, Buffer.from(wide), large)).toBe(200);
  expect(await settled(server)).toMatchObject([
    { key: 'small', received: 21, stored: 10, refused: { 'too-many-items': 11 } },
    { key: 'large', received: 1, stored: 1 },
  ]);
});

test('a full log refuses by items, and they are stored when they come again', async () => {
  const given = options({ walMaxBytes: 512 << 10 });
  const receiver = await start(given);
  const name = 'x'.repeat(60 << 10);
  const bodies = Array.from({ length: 10 }, () => Buffer.from(tracesRequest([{ spanId: randomBytes(8), name }])));
  const answers: number[] = [];
  for (const body of bodies) answers.push(await post(receiver, body));
  const refused = answers.filter(status => status === 503).length;
  expect(refused).toBeGreaterThan(0);
  const server = await standIn(given);
  for (const body of bodies.filter((_, index) => answers[index] === 503))
    await expect.poll(() => post(receiver, body)).toBe(200);
  const [row] = await settled(server);
  expect(row?.stored).toBe(10);
  expect(row?.refused?.['full']).toBeGreaterThanOrEqual(refused);
});

test('a workspace that fills the log leaves the last of it to the others', async () => {
  const receiver = await start(options({ walMaxBytes: 512 << 10 }));
  const quiet = { 'x-scope-orgid': 'quiet' };
  expect(await post(receiver, spans(1), quiet)).toBe(200);
  const flood = (): Promise<number> =>
    post(receiver, Buffer.from(tracesRequest([{ spanId: randomBytes(8), name: 'x'.repeat(60 << 10) }])));
  const answers: number[] = [];
  for (let request = 0; request < 12; request++) answers.push(await flood());
  expect([answers.filter(status => status === 200).length, answers.at(-1)]).toEqual([7, 503]);
  for (let request = 0; request < 5; request++) expect(await post(receiver, spans(1), quiet)).toBe(200);
});

/** A span of each of so many days. */
const spansOfDays = (days: number): Buffer<ArrayBuffer> =>
  Buffer.from(
    tracesRequest(
      Array.from({ length: days }, (_, day) => ({ spanId: randomBytes(8), startMs: 1e12 + day * 86_400_000 })),
    ),
  );

test('data of a thousand days in one request is refused, of a few old days it is taken', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  expect(await post(receiver, spansOfDays(1000))).toBe(400);
  expect(await post(receiver, spansOfDays(50))).toBe(200);
  expect(await post(receiver, spansOfDays(99))).toBe(200);
  expect(await settled(server)).toEqual([
    { ...account, received: 1149, stored: 149, refused: { 'too-many-days': 1000 } },
  ]);
});

/** Protocol, received and pending of the two accounts. */
const waiting = async (server: ServerStandIn): Promise<unknown> => {
  await expect.poll(() => server.status()?.ledger.rows.length).toBe(2);
  return server.status()?.ledger.rows.map(({ protocol, received, pending }) => [protocol, received, pending]);
};

test('after a restart what waits is pending at once, before the server is there; records of a version that did not count are counted too', async () => {
  const given = options();
  // As a version did it that knew neither keys nor protocols in its records.
  const { log } = await WriteAheadLog.open({ folder: join(given.dataDir, 'wal'), maxBytes: 1 << 30, log: silent });
  const old = { workspace: 'default', signal: 'traces', encoding: 'protobuf', contentEncoding: 'identity' } as const;
  for (const count of [2, 3, 4]) await log.append({ ...old, receivedMs: Date.now(), body: spans(count) }, () => {});
  await log.cut({ fromSeq: 1, toSeq: 2, token: log.token(1, 2) });
  await log.close();

  const first = await start(given);
  await post(first, spans(5));
  const deaf = await standIn(given, { onInsert: () => 'fail' });
  const all = [
    ['unknown', 9, 9],
    ['otlp/http', 5, 5],
  ];
  expect(await waiting(deaf)).toEqual(all);
  await first.stop();
  await deaf.stop();
  const still = await standIn(given, { onInsert: () => 'fail' });
  const second = await start(given);
  expect(await waiting(still)).toEqual(all);
  await still.stop();
  const server = await standIn(given);
  expect((await settled(server)).map(({ protocol, stored }) => [protocol, stored])).toEqual([
    ['unknown', 9],
    ['otlp/http', 5],
  ]);
  await second.stop();
});
