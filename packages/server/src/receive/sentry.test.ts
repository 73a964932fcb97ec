import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverStandIn, type ServerStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver, type ReceiverOptions, type RunningReceiver } from '../receiver.js';
import { tooBusy } from '../base/refusal.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';
import { whenThereIsRoom } from './sentry.js';

const key = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const eventId = '9ec79c33ec9942ab8353589fcb2e04dc';

let options: ReceiverOptions;
let server: ServerStandIn;
let open: RunningReceiver;
let locked: RunningReceiver;
let lockedOptions: ReceiverOptions;

beforeAll(async () => {
  options = receiverOptions({ grpc: undefined, maxBodyBytes: 4 << 20 });
  server = await serverStandIn(join(options.dataDir, 'server.sock'));
  open = await runReceiver(options, new AbortController().signal);
  const sha256 = createHash('sha256').update(key).digest('hex');
  lockedOptions = receiverOptions({
    grpc: undefined,
    maxBodyBytes: 4 << 20,
    keys: [{ name: 'shop', workspace: 'acme', sha256 }],
  });
  locked = await runReceiver(lockedOptions, new AbortController().signal);
});

afterAll(async () => {
  await open.stop();
  await locked.stop();
  await server.stop();
  removeFolder(options.dataDir);
  removeFolder(lockedOptions.dataDir);
});

interface Heard {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

async function post(
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  receiver = open,
): Promise<Heard> {
  const answer = await fetch(`http://127.0.0.1:${receiver.httpPort}${path}`, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.text(), headers: answer.headers };
}

const envelope = (message: string, header: object = {}): string =>
  `${JSON.stringify({ event_id: eventId, ...header })}\n{"type":"event"}\n${JSON.stringify({ message })}\n`;

test('an envelope is answered with its event’s id, whatever it was packed with', async () => {
  const packings = [
    [{}, (text: string) => Buffer.from(text)],
    [{ 'content-encoding': 'gzip' }, gzipSync],
    [{ 'content-encoding': 'deflate' }, deflateSync],
    [{ 'content-encoding': 'br' }, brotliCompressSync],
  ] as const;
  for (const [i, [headers, pack]] of packings.entries()) {
    const heard = await post(`/api/42/envelope/?sentry_key=any`, pack(envelope(`packed ${i}`)), headers);
    expect([heard.status, heard.body]).toEqual([200, `{"id":"${eventId}"}`]);
  }
  await server.flush();
  for (const i of packings.keys()) expect(server.count('logs', Buffer.from(`packed ${i}`))).toBe(1);
});

test('the path may lack its last slash, and an envelope without an event its id', async () => {
  const heard = await post('/api/42/envelope', '{}\n{"type":"session"}\n{"init":true,"status":"ok"}\n');
  expect([heard.status, heard.body]).toEqual([200, '{}']);
});

test('/store/ takes an event without an envelope', async () => {
  const heard = await post('/api/42/store/', JSON.stringify({ event_id: eventId, message: 'stored the old way' }));
  expect([heard.status, heard.body]).toEqual([200, `{"id":"${eventId}"}`]);
  await server.flush();
  expect(server.count('logs', Buffer.from('stored the old way'))).toBe(1);
});

test('a bad item is counted with its reason, and the others are kept', async () => {
  const heard = await post('/api/42/envelope/', `${envelope('beside a bad one')}{"type":"log"}\n{"items":[{}]}\n`);
  expect(heard.status).toBe(200);
  await server.flush();
  expect(server.count('logs', Buffer.from('beside a bad one'))).toBe(1);
  await expect.poll(() => server.status()?.rejections.some(({ reason }) => reason === 'a log has no body')).toBe(true);
});

test.each([
  ['what is no envelope', '/api/42/envelope/', 'hello', 400, /first line must be a JSON object/],
  ['an envelope of bad items only', '/api/42/envelope/', '{}\n{"type":"event"}\n{\n', 400, /an item of type event/],
  ['an event that is none', '/api/42/store/', '[]', 400, /neither JSON nor base64/],
  ['too much', '/api/42/envelope/', 'x'.repeat(5 << 20), 413, /larger than 4194304 bytes/],
  ['reports of browsers', '/api/42/security/', '{}', 404, /takes \/envelope\/ and \/store\//],
])('%s is refused as Relay refuses', async (_, path, body, status, says) => {
  const heard = await post(path, body);
  expect(heard.status).toBe(status);
  expect(JSON.parse(heard.body)).toEqual({ detail: expect.stringMatching(says), causes: [] });
});

test('zstd is understood where Node offers it, and refused with a reason elsewhere', async () => {
  const { status, body } = await post('/api/42/envelope/', Buffer.from('28b52ffd', 'hex'), {
    'content-encoding': 'zstd',
  });
  expect([400, 415]).toContain(status);
  expect(body).toMatch(/zstd/);
});

test('web pages may not send', async () => {
  const { status } = await post('/api/42/envelope/', envelope('from a page'), { origin: 'https://shop.example' });
  expect(status).toBe(403);
});

test.each([
  ['in the address', `?sentry_version=7&sentry_key=${key}`, {}, {}],
  ['in X-Sentry-Auth', '', { 'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${key}, sentry_client=x/1` }, {}],
  ['in Authorization', '', { authorization: `Sentry sentry_key=${key},sentry_version=7` }, {}],
  ['as our other senders give it', '', { 'x-bellwether-key': key }, {}],
  ['in the envelope', '', {}, { dsn: `http://${key}@localhost:4318/42` }],
])('where keys are needed, the DSN’s is one: %s', async (_, query, headers, header) => {
  const heard = await post(`/api/42/envelope/${query}`, envelope('with a key', header), headers, locked);
  expect(heard.status).toBe(200);
});

test.each([
  ['no key', '', {}, {}, /Write the DSN as http/],
  ['another key', '?sentry_key=abc', {}, {}, /the key is not known here/],
  ['another key in the envelope', '', {}, { dsn: 'http://abc@localhost:4318/42' }, /the key is not known here/],
  ['no key in the envelope’s DSN', '', {}, { dsn: 'nonsense' }, /Write the DSN as http/],
])('with %s a request is refused', async (_, query, headers, header, says) => {
  const heard = await post(`/api/42/envelope/${query}`, envelope('x', header), headers, locked);
  expect([heard.status, heard.body]).toEqual([401, expect.stringMatching(says)]);
});

test('who has no key may not send much', async () => {
  const heard = await post('/api/42/envelope/', 'x'.repeat(2 << 20), {}, locked);
  expect(heard.status).toBe(413);
});

/** Signal, reason and number of what the ledger's metrics call reported. */
const reported = (): readonly string[] =>
  (server.status()?.metricsText ?? '')
    .split('\n')
    .filter(line => line.includes('outcome="reported"'))
    .map(line => `${/signal="(\w+)"/.exec(line)?.[1]} ${/reason="(\w+)"/.exec(line)?.[1]} ${line.split(' ').at(-1)}`);

test('what an SDK says it dropped stands in the ledger, apart from what came', async () => {
  const discarded_events = [
    { reason: 'queue_overflow', category: 'error', quantity: 23 },
    { reason: 'queue_overflow', category: 'span', quantity: 4 },
  ];
  await post('/api/42/envelope/', `{}\n{"type":"client_report"}\n${JSON.stringify({ discarded_events })}\n`);
  await expect.poll(() => reported().toSorted()).toEqual(['logs queue_overflow 23', 'traces queue_overflow 4']);
});

test('an event that comes again byte for byte is kept once', async () => {
  const twice = envelope('sent by a tunnel, twice', { event_id: 'ab'.repeat(16) }).replace(
    '"message"',
    '"timestamp":1790000000,"message"',
  );
  expect([(await post('/api/42/envelope/', twice)).status, (await post('/api/42/envelope/', twice)).status]).toEqual([
    200, 200,
  ]);
  await server.flush();
  expect(server.count('logs', Buffer.from('sent by a tunnel, twice'))).toBe(1);
});

test('while the disk is behind a request waits; a full log it is told of at once', async () => {
  let tries = 0;
  const behind = async (): Promise<string> => {
    if (++tries < 4) throw tooBusy('the disk is slower than what comes in', 'busy');
    return 'kept';
  };
  expect(await whenThereIsRoom(behind)).toBe('kept');
  const never = (reason: 'busy' | 'full') => async (): Promise<string> => {
    tries += 1;
    throw tooBusy('no room', reason);
  };
  tries = 0;
  await expect(whenThereIsRoom(never('full'), 200)).rejects.toThrow('no room');
  expect(tries).toBe(1);
  await expect(whenThereIsRoom(never('busy'), 100)).rejects.toThrow('no room');
  expect(tries).toBe(4);
});

test('only a log without room answers 503, and says for how long in Sentry’s words', async () => {
  const small = receiverOptions({ grpc: undefined, walMaxBytes: 100_000 });
  const full = await runReceiver(small, new AbortController().signal);
  const send = (i: number): Promise<Heard> =>
    post('/api/42/envelope/', envelope(`${i}${'x'.repeat(30_000)}`), {}, full);
  let heard = await send(0);
  for (let i = 1; i < 20 && heard.status === 200; i++) heard = await send(i);
  expect([heard.status, heard.headers.get('retry-after'), heard.headers.get('x-sentry-rate-limits')]).toEqual([
    503,
    '5',
    '5::organization:full',
  ]);
  await full.stop();
  removeFolder(small.dataDir);
});
