import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { serverStandIn } from './handover/server-stand-in.test-support.js';
import type { ServerStandIn, StandInBehaviour } from './handover/server-stand-in.test-support.js';
import { tracesRequest } from './receive/otlp-bytes.test-support.js';
import { runReceiver } from './receiver.js';
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

async function standIn(
  { dataDir }: ReceiverOptions,
  behaviour: StandInBehaviour = {},
  kept?: Map<string, Buffer>,
): Promise<ServerStandIn> {
  const server = await serverStandIn(join(dataDir, 'server.sock'), behaviour, kept);
  cleanups.push(() => server.stop());
  return server;
}

function post(receiver: RunningReceiver, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${receiver.httpPort}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body,
  });
}

/** Sends one span and gives its id. */
async function sendSpan(receiver: RunningReceiver): Promise<Uint8Array> {
  const spanId = randomBytes(8);
  const answer = await post(receiver, tracesRequest([{ spanId }]));
  expect(answer.status).toBe(200);
  return spanId;
}

const files = (folder: string, ending: string): readonly string[] =>
  readdirSync(folder).filter(name => name.endsWith(ending));

test('a span that got 200 is with the server within its flush, and its files are gone then', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  const plain = await sendSpan(receiver);
  const packed = randomBytes(8);
  const answer = await post(receiver, gzipSync(tracesRequest([{ spanId: packed }])), { 'content-encoding': 'gzip' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.alloc(0));

  expect(await server.flush()).toBe('2');
  expect(server.count('spans', plain)).toBe(1);
  expect(server.count('spans', packed)).toBe(1);
  await expect.poll(() => files(join(given.dataDir, 'blocks'), '.native')).toEqual([]);
});

test('without being asked, a block is cut a second after its first row', async () => {
  const given = options();
  const server = await standIn(given);
  const spanId = await sendSpan(await start(given));
  await expect.poll(() => server.count('spans', spanId)).toBe(1);
});

test('acknowledgements go on while the server is away, and it hears everything once when it is back', async () => {
  const given = options();
  const receiver = await start(given);
  const first = await sendSpan(receiver);
  const kept = new Map<string, Buffer>();
  const one = await standIn(given, {}, kept);
  await expect.poll(() => one.count('spans', first)).toBe(1);
  await one.stop();
  const second = await sendSpan(receiver);
  const two = await standIn(given, {}, kept);
  await expect.poll(() => two.count('spans', second)).toBe(1);
  expect(two.count('spans', first)).toBe(1);
});

test('a block that failed, or whose answer was lost, is sent again under its token', async () => {
  const given = options();
  const server = await standIn(given, {
    onInsert: (_token, times) => (['fail', 'insert-then-hang-up', 'hang-up'] as const)[times - 1] ?? 'insert',
  });
  const receiver = await start(given);
  const spanId = await sendSpan(receiver);
  await expect.poll(() => server.heard.length).toBe(4);
  expect(new Set(server.heard).size).toBe(1);
  expect(server.count('spans', spanId)).toBe(1);
});

test('a restart cuts the same blocks again, under the same tokens', async () => {
  const given = options();
  const first = await start(given);
  const packed = randomBytes(8);
  await post(first, gzipSync(tracesRequest([{ spanId: packed }])), { 'content-encoding': 'gzip' });
  const spanIds = [await sendSpan(first), packed, await sendSpan(first)];
  await first.stop();

  const kept = new Map<string, Buffer>();
  const deaf = await standIn(given, { onInsert: () => 'insert-then-hang-up' }, kept);
  const second = await start(given);
  await expect.poll(() => deaf.heard.length).toBeGreaterThan(0);
  await deaf.stop();
  await second.stop();

  const server = await standIn(given, {}, kept);
  await start(given);
  await expect.poll(() => server.heard.length).toBe(1);
  expect(server.heard).toEqual([deaf.heard[0]]);
  for (const spanId of spanIds) expect(server.count('spans', spanId)).toBe(1);
});

test('blocks past their limit are made from the log when their turn comes', async () => {
  const given = options({ blocksMaxBytes: 0 });
  const receiver = await start(given);
  const spanId = await sendSpan(receiver);
  await new Promise(resolve => setTimeout(resolve, 1300));
  expect(files(join(given.dataDir, 'blocks'), '.native')).toEqual([]);
  const server = await standIn(given);
  await expect.poll(() => server.count('spans', spanId)).toBe(1);
});

test('a full log answers 503 with Retry-After, and takes requests again when the server took the blocks', async () => {
  const given = options({ walMaxBytes: 512 << 10 });
  const receiver = await start(given);
  const name = 'x'.repeat(60 << 10);
  const statuses: number[] = [];
  let full: Response | undefined;
  for (let index = 0; index < 12; index++) {
    const answer = await post(receiver, tracesRequest([{ spanId: randomBytes(8), name }]));
    statuses.push(answer.status);
    if (answer.status === 503) full = answer;
  }
  expect(statuses.slice(-2)).toEqual([503, 503]);
  expect(full?.headers.get('retry-after')).toBe('5');
  expect(await full?.text()).toContain('write-ahead log is full');
  expect((await fetch(`http://127.0.0.1:${receiver.httpPort}/health/live`)).status).toBe(200);

  await standIn(given);
  await expect
    .poll(async () => (await post(receiver, tracesRequest([{ spanId: randomBytes(8), name }]))).status, {
      timeout: 15_000,
    })
    .toBe(200);
});

test('with keys a request needs one, and its rows belong to the workspace of the key', async () => {
  const sha256 = createHash('sha256').update('bw_secret').digest('hex');
  const given = options({ keys: [{ name: 'shop', workspace: 'acme-workspace', sha256 }] });
  const server = await standIn(given);
  const receiver = await start(given);
  const body = tracesRequest([{ spanId: randomBytes(8) }]);
  const refused = await post(receiver, body);
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="bellwether ingest"']);
  expect(await refused.text()).toContain('OTEL_EXPORTER_OTLP_HEADERS');
  expect((await post(receiver, body, { authorization: 'Bearer bw_secret' })).status).toBe(200);
  await server.flush();
  expect(server.count('spans', Buffer.from('acme-workspace'))).toBe(1);
});

test('the server hears the status: counts, senders, rejections with a remedy, and the counters', async () => {
  const given = options();
  const server = await standIn(given);
  const receiver = await start(given);
  await sendSpan(receiver);
  expect((await post(receiver, Buffer.from('not protobuf'), { 'user-agent': 'curl/8' })).status).toBe(400);
  await expect.poll(() => server.status()?.rejections.length).toBe(1);
  const status = server.status();
  const traces = new Map(status?.signals.map(({ workspace, signals }) => [workspace, signals.traces]));
  expect(traces.get('default')).toMatchObject({ accepted: 1, rejected: 0 });
  expect(traces.get('')).toMatchObject({ accepted: 0, rejected: 1 });
  expect(status?.rejections[0]).toMatchObject({ protocol: 'otlp/http', sender: '127.0.0.1 curl/8', count: 1 });
  expect(status?.rejections[0]?.remedy).toContain('exporter');
  expect(status?.senders[0]).toMatchObject({ service: 'test', protocol: 'otlp/http', items: 1 });
  expect(status?.senders[0]?.clockSkewMs).toBeLessThan(0);
  expect(status?.otlpHttp).toBe(`http://127.0.0.1:${receiver.httpPort}`);
  expect(status?.metricsText).toContain('bellwether_receiver_items_total{signal="traces",protocol="otlp/http"} 1');
});
