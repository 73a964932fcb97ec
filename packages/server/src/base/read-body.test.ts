import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.js';
import { Lanes } from './lanes.js';
import { readBody } from './read-body.js';
import type { Body, BodyLimits } from './read-body.js';

let server: Server | undefined;

afterEach(() => server?.close());

/** Serves one request and gives what `readBody` gave, or the refusal's reason and the budget that is left taken. */
async function read(
  limits: Partial<BodyLimits> & { readonly budget?: ByteBudget },
  send: (port: number) => unknown,
): Promise<Body | string> {
  const all: BodyLimits & { readonly budget: ByteBudget } = {
    maxBodyBytes: 1 << 20,
    timeoutMs: 1000,
    budget: new ByteBudget(1 << 20),
    unpacking: new Lanes(2),
    ...limits,
  };
  return new Promise(resolve => {
    server = createServer((request, response) => {
      readBody(request, all)
        .then(body => resolve(body))
        .catch((error: Error) => resolve(`${error.message}; ${all.budget.taken} bytes taken`))
        .finally(() => response.end());
    }).listen(0, '127.0.0.1', () => {
      const address = server?.address();
      if (address !== null && typeof address === 'object') send(address?.port ?? 0);
    });
  });
}

const post =
  (body: Uint8Array, headers: Record<string, string> = {}) =>
  (port: number) =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers }).catch(() => {});

test('a packed body is given as it came and unpacked; both count until it is released', async () => {
  const budget = new ByteBudget(1 << 20);
  const sent = gzipSync(Buffer.alloc(5000, 'a'));
  const body = await read({ budget }, post(sent, { 'content-encoding': 'gzip' }));
  if (typeof body === 'string') throw new Error(body);
  expect(body.sent).toEqual(sent);
  expect(body.bytes.toString()).toBe('a'.repeat(5000));
  expect(budget.taken).toBe(sent.length + 5000);
  body.release();
  expect(budget.taken).toBe(0);
});

test('two gzip members after each other are one body', async () => {
  const sent = Buffer.concat([gzipSync('one '), gzipSync('two')]);
  const body = await read({}, post(sent, { 'content-encoding': 'gzip' }));
  expect(typeof body === 'string' ? body : body.bytes.toString()).toBe('one two');
});

test('a Brotli body is unpacked for the log too, within the same limits; what is none is refused', async () => {
  const headers = { 'content-encoding': 'br' };
  const body = await read({}, post(brotliCompressSync(Buffer.alloc(5000, 'a')), headers));
  if (typeof body === 'string') throw new Error(body);
  expect([body.contentEncoding, body.sent.toString(), body.bytes.length]).toEqual(['identity', 'a'.repeat(5000), 5000]);
  body.release();
  const bomb = brotliCompressSync(Buffer.alloc(2 << 20));
  expect(await read({}, post(bomb, headers))).toBe('the body is larger than 1048576 bytes (unpacked); 0 bytes taken');
  expect(await read({}, post(Buffer.from('no brotli at all'), headers))).toBe(
    'the body is not br, although Content-Encoding says so; 0 bytes taken',
  );
});

test('a body that does not come is given up, and its bytes are given back', async () => {
  const heard = await read({ timeoutMs: 100 }, port => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'),
    );
  });
  expect(heard).toBe('the body did not come within 0.1 s; 0 bytes taken');
  server?.closeAllConnections();
});

test('past the bytes that all bodies may take, a request is refused and not queued', async () => {
  const budget = new ByteBudget(100);
  expect(await read({ budget }, post(Buffer.alloc(101)))).toBe(
    'too many bytes are being received at this moment; 0 bytes taken',
  );
  expect(await read({ budget }, post(gzipSync(Buffer.alloc(1000)), { 'content-encoding': 'gzip' }))).toBe(
    'too many bytes are being received at this moment; 0 bytes taken',
  );
});

test('a small body that unpacks to much more than a mebibyte is unpacked all the same, up to the limit', async () => {
  const sent = gzipSync(Buffer.alloc(3 << 20));
  const limits = { maxBodyBytes: 4 << 20, budget: new ByteBudget(8 << 20) };
  const body = await read(limits, post(sent, { 'content-encoding': 'gzip' }));
  expect(typeof body === 'string' ? body : body.bytes.length).toBe(3 << 20);
});
