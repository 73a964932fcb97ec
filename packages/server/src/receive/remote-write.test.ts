import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  writeRequest1,
  writeRequest2,
  type WrittenSeries,
} from '../decode/remote-write/request-writer.test-support.js';
import { snappy } from '../decode/snappy.test-support.js';
import { serverStandIn } from '../handover/server-stand-in.test-support.js';
import type { ServerStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver } from '../receiver.js';
import type { ReceiverOptions, RunningReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';

let options: ReceiverOptions;
let receiver: RunningReceiver;
let server: ServerStandIn;

beforeAll(async () => {
  options = receiverOptions({ maxBodyBytes: 1 << 20 });
  server = await serverStandIn(join(options.dataDir, 'server.sock'));
  receiver = await runReceiver(options, new AbortController().signal);
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
  removeFolder(options.dataDir);
});

const first = 'application/x-protobuf';
const second = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

async function send(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  path = '/api/v1/write',
): Promise<{ status: number; text: string; written: readonly (string | null)[]; retryAfter: string | null }> {
  const answer = await fetch(`http://127.0.0.1:${receiver.httpPort}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-encoding': 'snappy', 'content-type': first, ...headers },
  });
  const count = (kind: string): string | null => answer.headers.get(`X-Prometheus-Remote-Write-${kind}-Written`);
  return {
    status: answer.status,
    text: await answer.text(),
    written: [count('Samples'), count('Histograms'), count('Exemplars')],
    retryAfter: answer.headers.get('retry-after'),
  };
}

const now = Date.now();
const up = (job: string): WrittenSeries => ({
  labels: [
    ['__name__', 'up'],
    ['job', job],
  ],
  samples: [[now, 1]],
});
const exemplar = { labels: [['trace_id', '0123456789abcdef0123456789abcdef']] as const, value: 0.5, ms: now };

test('1.0 is answered 204 when the log has it, and stored', async () => {
  expect(await send(snappy(writeRequest1([up('one')])), {})).toMatchObject({
    status: 204,
    text: '',
    written: [null, null, null],
  });
  await server.flush();
  expect(server.count('metric_series', Buffer.from('one'))).toBeGreaterThan(0);
});

test('2.0 is told how much was written of each kind, also when it is none', async () => {
  const full = { ...up('two'), exemplars: [exemplar, exemplar] };
  expect(await send(snappy(writeRequest2([full, up('three')])), { 'content-type': second })).toMatchObject({
    status: 204,
    written: ['2', '0', '2'],
  });
  expect(await send(snappy(Buffer.alloc(0)), { 'content-type': second })).toMatchObject({
    status: 204,
    written: ['0', '0', '0'],
  });
});

test('Mimir’s path is taken too', async () => {
  expect((await send(snappy(writeRequest1([up('mimir')])), {}, '/api/v1/push')).status).toBe(204);
});

test('a series that can never be stored is told by name with 400; what else came is kept and counted', async () => {
  const nameless: WrittenSeries = { labels: [['job', 'x']], samples: [[now, 1]] };
  const twice: WrittenSeries = {
    labels: [
      ['__name__', 'twice'],
      ['a', '1'],
      ['a', '2'],
    ],
    samples: [
      [now, 1],
      [now + 1, 2],
    ],
  };
  const answer = await send(snappy(writeRequest2([nameless, up('kept'), twice])), { 'content-type': second });
  expect(answer).toMatchObject({ status: 400, written: ['1', '0', '0'] });
  expect(answer.text).toBe(
    '3 of 4 items can not be stored, the rest was kept:\n' +
      'a series needs the label __name__: {job="x"}\n' +
      'the label "a" comes twice: {__name__="twice", a="1", a="2"}\n',
  );
  await server.flush();
  expect(server.count('metric_series', Buffer.from('kept'))).toBeGreaterThan(0);
  expect(server.count('metric_series', Buffer.from('twice'))).toBe(0);
});

test.each([
  [
    'an unknown message',
    snappy(writeRequest1([up('a')])),
    { 'content-type': `${first};proto=other.Request` },
    415,
    /proto=prometheus\.WriteRequest/,
  ],
  ['JSON', Buffer.from('{}'), { 'content-type': 'application/json' }, 415, /Content-Type "application\/json"/],
  ['gzip', gzipSync(writeRequest1([up('a')])), { 'content-encoding': 'gzip' }, 415, /packed with snappy/],
  ['zstd', Buffer.from('28b52ffd', 'hex'), { 'content-encoding': 'zstd' }, 415, /packed with snappy/],
  [
    'gzip that is called snappy',
    gzipSync(writeRequest1([up('a')])),
    {},
    400,
    /the body is gzip; send it in snappy’s block format/,
  ],
  [
    'no packing at all',
    writeRequest1([up('a')]),
    {},
    400,
    /not in snappy’s block format.*looks like protobuf that nobody packed/,
  ],
  ['no protobuf', snappy(Buffer.from('hello, I am no protobuf')), {}, 400, /protobuf message|wire type|field/],
  [
    'more than is taken',
    snappy(Buffer.alloc(2 << 20)),
    {},
    400,
    /more than the limit of 1048576; send smaller batches/,
  ],
  [
    '1.0 that says it is 2.0',
    snappy(writeRequest1([up('a')])),
    { 'content-type': second },
    400,
    /the message of remote write 1.0, but Content-Type says 2.0/,
  ],
  [
    '2.0 that says it is 1.0',
    snappy(writeRequest2([up('a')])),
    {},
    400,
    /the message of remote write 2.0, but Content-Type says 1.0/,
  ],
] as const)('%s is answered %#', async (_, body, headers, status, text) => {
  const answer = await send(body, headers);
  expect(answer.status).toBe(status);
  expect(answer.text).toMatch(text);
});

test('2.0 hears how much was written with refusals too', async () => {
  const answer = await send(Buffer.from('x'), { 'content-type': second });
  expect(answer).toMatchObject({ status: 400, written: ['0', '0', '0'] });
});

/** Text that can not be packed. */
const noise = (seed: number): string =>
  Array.from({ length: 12_000 }, (_, i) =>
    String.fromCharCode(32 + ((Math.imul(i + seed * 12_000, 0x9e3779b1) >>> 25) % 90)),
  ).join('');

const large = (i: number): WrittenSeries => ({
  ...up('full'),
  labels: [
    ['__name__', 'up'],
    ['noise', noise(i)],
  ],
});

test('a full log is answered 503 with Retry-After, never 429', async () => {
  const small = receiverOptions({ walMaxBytes: 100_000 });
  const full = await runReceiver(small, new AbortController().signal);
  let status = 204;
  let headers = new Headers();
  for (let i = 0; i < 100 && status === 204; i++) {
    const answer = await fetch(`http://127.0.0.1:${full.httpPort}/api/v1/write`, {
      method: 'POST',
      body: snappy(writeRequest2([large(i)])),
      headers: { 'content-encoding': 'snappy', 'content-type': second },
    });
    ({ status, headers } = answer);
    await answer.text();
  }
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('5');
  expect(headers.get('X-Prometheus-Remote-Write-Samples-Written')).toBe('0');
  await full.stop();
  removeFolder(small.dataDir);
});

test('a sender past its limits hears 503 with Retry-After, since Prometheus throws data away on 429', async () => {
  const limited = receiverOptions({ sendLimits: { itemsPerSecond: 1, burstSeconds: 1 } });
  const strict = await runReceiver(limited, new AbortController().signal);
  const answers: (readonly [number, string | null])[] = [];
  for (let i = 0; i < 2; i++) {
    const answer = await fetch(`http://127.0.0.1:${strict.httpPort}/api/v1/write`, {
      method: 'POST',
      body: snappy(
        writeRequest1([{ ...up('fast'), samples: Array.from({ length: 5 }, (_, k) => [now + k, i] as const) }]),
      ),
      headers: { 'content-encoding': 'snappy' },
    });
    answers.push([answer.status, answer.headers.get('retry-after')]);
  }
  expect(answers).toEqual([
    [204, null],
    [503, expect.stringMatching(/^[1-9]/)],
  ]);
  await strict.stop();
  removeFolder(limited.dataDir);
});

test('the same request sent again is answered as before and kept once', async () => {
  const again = snappy(writeRequest2([up('again')]));
  const answers = [await send(again, { 'content-type': second }), await send(again, { 'content-type': second })];
  expect(answers.map(({ status, written }) => [status, ...written])).toEqual([
    [204, '1', '0', '0'],
    [204, '1', '0', '0'],
  ]);
});

test('what was acknowledged and not handed over is in its block after a restart, as it was sent', async () => {
  const lonely = receiverOptions();
  const before = await runReceiver(lonely, new AbortController().signal);
  const body = [
    snappy(writeRequest1([up('first-life')])),
    snappy(writeRequest2([{ ...up('first-life-two'), exemplars: [exemplar] }])),
  ];
  for (const [i, type] of [first, second].entries()) {
    const answer = await fetch(`http://127.0.0.1:${before.httpPort}/api/v1/write`, {
      method: 'POST',
      body: body[i]!,
      headers: { 'content-encoding': 'snappy', 'content-type': type },
    });
    expect(answer.status).toBe(204);
  }
  await before.stop();
  const later = await serverStandIn(join(lonely.dataDir, 'server.sock'));
  const after = await runReceiver(lonely, new AbortController().signal);
  await expect.poll(() => later.status()).toBeDefined();
  await later.flush();
  expect(later.count('metric_series', Buffer.from('first-life'))).toBeGreaterThan(0);
  expect(later.count('metric_series', Buffer.from('first-life-two'))).toBeGreaterThan(0);
  expect(later.count('exemplars', Buffer.from(exemplar.labels[0][1], 'hex'))).toBe(1);
  await after.stop();
  await later.stop();
  removeFolder(lonely.dataDir);
});

test('metadata alone is taken again and again; a block of which nothing is new holds up nobody', async () => {
  const body = snappy(writeRequest1([], [{ name: 'orders', type: 1, help: 'Orders.', unit: '' }]));
  for (let i = 0; i < 3; i++) {
    expect((await send(body, {})).status).toBe(204);
    await server.flush();
  }
  expect(server.count('metric_metadata', Buffer.from('Orders.'))).toBe(1);
  expect((await send(snappy(writeRequest1([up('after-metadata')])), {})).status).toBe(204);
  await server.flush();
  expect(server.count('metric_series', Buffer.from('after-metadata'))).toBeGreaterThan(0);
});
