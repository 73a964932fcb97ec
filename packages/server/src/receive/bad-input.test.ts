import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serverStandIn } from '../handover/server-stand-in.test-support.js';
import type { ServerStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver } from '../receiver.js';
import type { ReceiverOptions, RunningReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';
import { tracesRequest } from './otlp-bytes.test-support.js';

let options: ReceiverOptions;
let receiver: RunningReceiver;
let server: ServerStandIn;
/** A span that was sent before anything bad was. */
const before = randomBytes(8);

beforeAll(async () => {
  options = receiverOptions();
  server = await serverStandIn(join(options.dataDir, 'server.sock'));
  receiver = await runReceiver(options, new AbortController().signal);
  await post(tracesRequest([{ spanId: before }]));
});

afterAll(async () => {
  await receiver.stop();
  await server.stop();
  removeFolder(options.dataDir);
});

interface Heard {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** By `node:http`, which lets a test say anything. */
function send(
  body: Uint8Array | readonly Uint8Array[],
  { path = '/v1/traces', method = 'POST', headers = {} }: Sent = {},
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: receiver.httpPort,
        path,
        method,
        headers: { 'content-type': 'application/x-protobuf', ...headers },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, type: headers['content-type'], body: Buffer.concat(chunks).toString(), headers });
        });
      },
    );
    request.on('error', reject);
    if (body instanceof Uint8Array) {
      request.end(body);
      return;
    }
    for (const chunk of body) request.write(chunk);
    request.end();
  });
}

const post = (body: Uint8Array, headers: Record<string, string> = {}): Promise<Heard> => send(body, { headers });

/** Raw bytes over a socket, until the other side closes. */
function sendRaw(port: number | undefined, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port ?? 0, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1').on('data', (chunk: string) => (heard += chunk));
    socket.on('close', () => resolve(heard)).on('error', reject);
  });
}

const good = tracesRequest([{ spanId: Buffer.alloc(8, 3) }]);

test('broken protobuf is 400, with a google.rpc.Status in protobuf', async () => {
  const { status, type, body } = await post(Buffer.concat([good, Buffer.from([0x0a, 0xff, 0xff, 0x03])]));
  expect([status, type]).toEqual([400, 'application/x-protobuf']);
  expect(body.codePointAt(1)).toBe(3);
  expect(body).toContain('can not succeed');
});

test('broken JSON is 400, with a google.rpc.Status in JSON', async () => {
  const { status, type, body } = await post(Buffer.from('{"resourceSpans": [}'), {
    'content-type': 'application/json',
  });
  expect([status, type]).toEqual([400, 'application/json']);
  expect(JSON.parse(body)).toMatchObject({ code: 3 });
});

test('a truncated gzip body is 400 and says that it was cut off', async () => {
  const packed = gzipSync(good);
  const { status, body } = await post(packed.subarray(0, packed.length - 6), { 'content-encoding': 'gzip' });
  expect(status).toBe(400);
  expect(body).toContain('the gzip body ends early');
});

test('a body that is not gzip, although the header says so, is 400', async () => {
  const { status, body } = await post(good, { 'content-encoding': 'gzip' });
  expect(status).toBe(400);
  expect(body).toContain('the body is not gzip');
});

test('a gzip bomb is 413, and no more of it is unpacked than a body may have', async () => {
  const bomb = gzipSync(Buffer.alloc(300 << 20));
  expect(bomb.length).toBeLessThan(1 << 20);
  const { status, body } = await post(bomb, { 'content-encoding': 'gzip' });
  expect(status).toBe(413);
  expect(body).toContain('larger than 67108864 bytes (unpacked)');
  expect(body).toContain('ingest.maxBodyBytes');
});

test('a body of 100 MB is 413, announced or in chunks, and the sender hears the answer', async () => {
  const chunk = Buffer.alloc(1 << 20);
  const announced = await send(
    Array.from({ length: 100 }, () => chunk),
    { headers: { 'content-length': String(100 << 20) } },
  );
  const chunked = await send(Array.from({ length: 100 }, () => chunk));
  expect([announced.status, chunked.status]).toEqual([413, 413]);
  expect(announced.body).toContain('smaller batches');
});

test('a sender that asks before it sends (Expect: 100-continue) is refused before it sends, and told to go on otherwise', async () => {
  const head = 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n';
  const refused = await sendRaw(
    receiver.httpPort,
    `${head}Content-Type: application/x-protobuf\r\nContent-Length: 99999999999\r\n\r\n`,
  );
  expect(refused).toMatch(/^HTTP\/1\.1 413 /);
  const json = '{"resourceSpans":[]}';
  const taken = await sendRaw(
    receiver.httpPort,
    `${head}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
  );
  expect(taken).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
});

test('invalid UTF-8 in a name is kept, and the item beside it too', async () => {
  const spanIds = [randomBytes(8), randomBytes(8)] as const;
  const request = tracesRequest([{ spanId: spanIds[0], name: 'bad\u0000name' }, { spanId: spanIds[1] }]);
  request.write('ff', request.indexOf('bad\u0000name') + 3, 'hex');
  expect((await post(request)).status).toBe(200);
  await server.flush();
  expect(spanIds.map(spanId => server.count('spans', spanId))).toEqual([1, 1]);
});

test('a span with 10,000 attributes is kept', async () => {
  const spanId = randomBytes(8);
  const attributes = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`key.${index}`, `value ${index}`]),
  );
  expect((await post(tracesRequest([{ spanId, attributes }]))).status).toBe(200);
  await server.flush();
  expect(server.count('spans', spanId)).toBe(1);
});

test('a span without ids is not stored, and the answer says so in a partial success', async () => {
  const spanId = randomBytes(8);
  const { status, body } = await post(tracesRequest([{ spanId }, { spanId: Buffer.alloc(8) }]));
  expect(status).toBe(200);
  expect(body.slice(0, 1)).toBe('\n');
  expect(body).toContain('The rest was kept');
});

test.each([
  ['text/plain', 'application/x-protobuf or application/json'],
  ['', 'application/x-protobuf or application/json'],
  ['application/grpc', 'gRPC goes to the gRPC port'],
])('Content-Type "%s" is 415 and says "%s"', async (contentType, says) => {
  const { status, body } = await post(good, { 'content-type': contentType });
  expect(status).toBe(415);
  expect(body).toContain(says);
});

test.each(['compress', 'snappy'])('Content-Encoding %s is 415 and says what is understood', async encoding => {
  const { status, body, headers } = await post(good, { 'content-encoding': encoding });
  expect([status, headers['accept-encoding']]).toEqual([415, 'gzip, deflate, br, identity']);
  expect(body).toContain('Send gzip, deflate, br or identity');
});

test('deflate is understood', async () => {
  expect((await post(deflateSync(good), { 'content-encoding': 'deflate' })).status).toBe(200);
});

test.each([
  ['/v1/trace', 'Did you mean /v1/traces?'],
  ['/v1/traces/', 'Did you mean /v1/traces?'],
  ['/v1/traces/v1/traces', 'Did you mean /v1/traces?'],
  ['/otlp/v1/logs', 'Did you mean /v1/logs?'],
  ['/metrics', 'Did you mean /v1/metrics?'],
  ['/wp-login.php', 'Known: POST /v1/traces, POST /v1/logs, POST /v1/metrics'],
])('%s is 404 and says: %s', async (path, says) => {
  const { status, type, body } = await send(good, { path });
  expect([status, type]).toEqual([404, 'application/json']);
  expect(body).toContain(says);
});

test('GET on a path that takes POST is 405 with Allow', async () => {
  const { status, headers, body } = await send(Buffer.alloc(0), { method: 'GET' });
  expect([status, headers['allow']]).toEqual([405, 'POST']);
  expect(body).toContain('sent here with POST');
});

test('GET / says what is taken here', async () => {
  const { status, body } = await send(Buffer.alloc(0), { method: 'GET', path: '/' });
  expect(status).toBe(200);
  expect(body).toContain('POST /v1/traces');
});

test('a request under another host name is 403: a page that reaches this machine by DNS rebinding', async () => {
  const { status, body } = await post(good, { host: 'evil.example:4318' });
  expect(status).toBe(403);
  expect(body).toContain('evil.example');
  expect((await post(good, { host: 'localhost:4318' })).status).toBe(200);
});

test("a web page's request is 403, whatever it sends", async () => {
  const { status, headers } = await post(good, { origin: 'https://evil.example', 'content-type': 'text/plain' });
  expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
  expect((await send(Buffer.alloc(0), { method: 'OPTIONS', headers: { origin: 'https://evil.example' } })).status).toBe(
    403,
  );
});

test('a workspace name that can be none is 400', async () => {
  const { status, body } = await post(good, { 'x-scope-orgid': '../../etc' });
  expect(status).toBe(400);
  expect(body).toContain('1 to 64 of');
});

test('gRPC on the HTTP port is told to go to the gRPC port, in HTTP/2', async () => {
  const heard = await sendRaw(receiver.httpPort, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  expect(heard).toContain('Send gRPC to the gRPC port');
  // A SETTINGS frame, then GOAWAY.
  expect([heard.codePointAt(3), heard.codePointAt(12)]).toEqual([4, 7]);
});

test('HTTP on the gRPC port is told to go to the HTTP port', async () => {
  const heard = await sendRaw(receiver.grpcPort, 'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(heard).toMatch(/^HTTP\/1\.1 400 /);
  expect(heard).toContain('Send OTLP over HTTP to the HTTP port');
});

test('TLS, and other bytes that are no HTTP, are refused with a text', async () => {
  expect(await sendRaw(receiver.httpPort, '\u0016\u0003\u0001\u0002\u0000\u0001\u0000')).toContain('with http://');
  expect(await sendRaw(receiver.httpPort, 'SSH-2.0-x\r\n\r\n')).toContain('Send OTLP over HTTP/1.1 here');
});

test('a connection that breaks in the middle of a body costs nothing else', async () => {
  await new Promise<void>(resolve => {
    const socket = connect(receiver.httpPort ?? 0, '127.0.0.1', () => {
      socket.write(
        'POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nabc',
      );
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('close', () => resolve());
  });
  expect((await post(good)).status).toBe(200);
});

test('after all of this the receiver takes, keeps and hands over as before, and met no error that nobody foresaw', async () => {
  const after = randomBytes(8);
  expect((await post(tracesRequest([{ spanId: after }]))).status).toBe(200);
  await server.flush();
  expect([server.count('spans', before), server.count('spans', after)]).toEqual([1, 1]);
  await expect.poll(() => server.status()?.metricsText).toContain('bellwether_receiver_bugs_total 0');
});
