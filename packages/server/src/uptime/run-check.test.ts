import { createSocket, type Socket } from 'node:dgram';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { checkDefinition } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallingCheck, type FinishedRun, type RunDeps, runCheck } from './run-check.js';
import { connectTls } from './connect-tls.js';
import { selfSigned } from '../scrape/certificate.test-support.js';

const servers: Server[] = [];
const listen = async (server: Server): Promise<number> => {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // listening on TCP
};

const seen: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
let port = 0;
let httpsPort = 0;
let closedPort = 0;
let certificate = '';

const never = new AbortController().signal;
const names = new Map<string, readonly string[]>();
let lookUps = 0;
const deps = (more: Partial<RunDeps> & { readonly allowInternal?: boolean } = {}): RunDeps => ({
  reach: {
    allowInternal: more.allowInternal ?? true,
    resolve: async host => {
      lookUps++;
      const found = names.get(host);
      if (found === undefined) throw Object.assign(new Error('unknown'), { code: 'ENOTFOUND' });
      return found;
    },
  },
  now: Date.now,
  trusted: [certificate],
  ...more,
});

/** The certificate ends with 2049. */
const monthBefore = { now: () => Date.UTC(2049, 11, 1) };

async function run(given: object, more?: Parameters<typeof deps>[0]): Promise<FinishedRun> {
  const check = checkDefinition.parse({ id: 'c', timeoutSeconds: 5, ...given });
  return runCheck(check as CallingCheck, deps(more), never); // none of these is a heartbeat
}

const handle = (request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () =>
    seen.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }),
  );
  const url = new URL(request.url ?? '/', 'http://x');
  const to = url.searchParams.get('to');
  if (to !== null) response.writeHead(Number(url.searchParams.get('status') ?? 302), { location: to }).end();
  else if (url.pathname === '/slow') return;
  else if (url.pathname === '/health') response.end('{"checks":{"database":"up","queue":12}}');
  else if (url.pathname === '/broken') response.writeHead(503).end('out of order');
  else response.end('all systems go');
};

beforeAll(async () => {
  port = await listen(createHttpServer(handle));
  const { key, cert } = selfSigned('shop.test', ['shop.test']);
  certificate = cert;
  httpsPort = await listen(createHttpsServer({ key, cert }, handle));
  const closed = createTcpServer();
  closedPort = await listen(closed);
  await new Promise(resolve => closed.close(resolve));
  names.set('shop.test', ['127.0.0.1']);
  names.set('rebinding.test', ['93.184.216.34', '127.0.0.1']);
  names.set('metadata.test', ['169.254.169.254']);
});
afterAll(() => {
  for (const server of servers) server.close();
});

test('[K5] an HTTP check judges status, text, JSON, time and certificate, and says why it failed', async () => {
  const at = `http://shop.test:${port}`;
  expect(await run({ kind: 'http', url: `${at}/`, expectBody: 'systems go' })).toMatchObject({
    isUp: true,
    httpStatus: 200,
    reason: null,
  });
  expect(await run({ kind: 'http', url: `${at}/broken` })).toMatchObject({
    isUp: false,
    reason: 'status',
    httpStatus: 503,
    message: 'it answered 503, expected 200-299',
  });
  expect(await run({ kind: 'http', url: `${at}/broken`, expectStatus: '200,503' })).toMatchObject({ isUp: true });
  expect(await run({ kind: 'http', url: `${at}/`, expectBody: 'nothing like it' })).toMatchObject({ reason: 'body' });
  expect(await run({ kind: 'http', url: `${at}/health`, expectJson: { 'checks.database': 'up' } })).toMatchObject({
    isUp: true,
  });
  expect(await run({ kind: 'http', url: `${at}/health`, expectJson: { 'checks.queue': 0 } })).toMatchObject({
    reason: 'body',
    message: 'checks.queue is 12, expected 0',
  });
  expect(await run({ kind: 'http', url: 'http://shop.test:0/' })).toMatchObject({
    reason: 'connect',
    message: 'nobody listens on port 0: give the port in the URL',
  });
  expect(await run({ kind: 'http', url: `${at}/slow`, timeoutSeconds: 0.2 })).toMatchObject({
    reason: 'timeout',
    message: 'no answer within 0.2 s',
  });
  expect(await run({ kind: 'http', url: `http://shop.test:${closedPort}/` })).toMatchObject({ reason: 'connect' });
  expect(await run({ kind: 'http', url: 'http://unknown.test/' })).toMatchObject({ reason: 'dns' });
  const secure = `https://shop.test:${httpsPort}/`;
  const up = await run({ kind: 'http', url: secure });
  expect(up).toMatchObject({ isUp: true, message: '' });
  expect(up.certificateDays).toBeGreaterThan(0);
  expect(await run({ kind: 'http', url: secure, minCertificateDays: 60 }, monthBefore)).toMatchObject({
    reason: 'certificate',
    certificateDays: 30,
  });
  expect(await run({ kind: 'http', url: secure }, { trusted: [] })).toMatchObject({ reason: 'tls' });
});

test('[K5] a run begins a trace that its target goes on with', async () => {
  const { traceId, spanId } = await run({ kind: 'http', url: `http://shop.test:${port}/traced` });
  expect(seen.find(each => each.url === '/traced')?.headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
});

test('TCP, TLS and DNS checks see what they ask for', async () => {
  expect(await run({ kind: 'tcp', host: 'shop.test', port })).toMatchObject({ isUp: true });
  expect(await run({ kind: 'tcp', host: 'shop.test', port: closedPort })).toMatchObject({ reason: 'connect' });
  expect(await run({ kind: 'tls', host: 'shop.test', port: httpsPort, minCertificateDays: 0 })).toMatchObject({
    isUp: true,
  });
  expect(
    await run({ kind: 'tls', host: 'shop.test', port: httpsPort, minCertificateDays: 60 }, monthBefore),
  ).toMatchObject({ reason: 'certificate' });
  expect(await run({ kind: 'tls', host: 'shop.test', port })).toMatchObject({ reason: 'tls' });
  expect(await run({ kind: 'dns', host: 'shop.test' }, { nameServers: [`127.0.0.1:${closedPort}`] })).toMatchObject({
    isUp: false,
    reason: 'dns',
  });
});

test.each([
  ['an address', 'http://127.0.0.1/'],
  ['an IPv6 address', 'http://[::1]/'],
  ['an IPv4 address in IPv6', 'http://[::ffff:169.254.169.254]/'],
  ['an address in one number', 'http://2130706433/'],
  ['a short address', 'http://127.1/'],
  ['the metadata service by name', 'http://metadata.test/'],
  ['a name with one internal address among others', 'http://rebinding.test/'],
])('internal addresses are not called unless allowed: %s', async (_, url) => {
  expect(await run({ kind: 'http', url }, { allowInternal: false })).toMatchObject({
    isUp: false,
    reason: 'forbidden-address',
  });
});

test('a redirect to an internal address is not followed, and TCP and TLS checks are guarded too', async () => {
  // The first hop is let through as a public one would be.
  const first = new Set(['shop.test']);
  const guarded = {
    reach: {
      get allowInternal() {
        return first.delete('shop.test');
      },
      resolve: async () => ['127.0.0.1'],
    },
  };
  const url = `http://shop.test:${port}/?to=${encodeURIComponent('http://169.254.169.254/latest/meta-data')}`;
  expect(await run({ kind: 'http', url }, guarded)).toMatchObject({ reason: 'forbidden-address' });
  expect(await run({ kind: 'tcp', host: 'metadata.test', port }, { allowInternal: false })).toMatchObject({
    reason: 'forbidden-address',
  });
  expect(await run({ kind: 'tls', host: '127.0.0.1', port }, { allowInternal: false })).toMatchObject({
    reason: 'forbidden-address',
  });
});

test('a name is looked up once per request, and the connection goes to the address that was checked', async () => {
  lookUps = 0;
  expect(await run({ kind: 'http', url: `http://shop.test:${port}/once` })).toMatchObject({ isUp: true });
  expect(lookUps).toBe(1);
  expect(seen.find(each => each.url === '/once')?.headers.host).toBe(`shop.test:${port}`);
});

const sent = (path: string): string | undefined => seen.find(each => each.url.startsWith(path))?.headers.authorization;

test('headers of a check are for its own host only', async () => {
  const to = encodeURIComponent(`http://127.0.0.1:${port}/elsewhere`);
  await run({
    kind: 'http',
    url: `http://shop.test:${port}/own?to=${to}`,
    headers: { authorization: 'Bearer s3same' },
  });
  expect([sent('/own'), sent('/elsewhere')]).toEqual(['Bearer s3same', undefined]);
});

const asked = (path: string) => seen.find(each => each.url === path);

test('[K5] a redirect that keeps the method takes the body along to the same host only', async () => {
  const post = { kind: 'http', method: 'POST', body: '{"key":"s3same"}', headers: { authorization: 'Bearer s3same' } };
  const moved = (path: string, to: string): string =>
    `http://shop.test:${port}${path}?status=307&to=${encodeURIComponent(to)}`;
  await run({ ...post, url: moved('/from-a', `http://shop.test:${port}/same-host`) });
  await run({ ...post, url: moved('/from-b', `http://127.0.0.1:${port}/other-host`) });
  expect([asked('/same-host')?.body, asked('/other-host')?.body]).toEqual(['{"key":"s3same"}', '']);
  expect(asked('/other-host')?.headers.authorization).toBeUndefined();
});

test('this machine alone may be called where that is allowed, and its address is not told where it is not', async () => {
  const url = `http://shop.test:${port}/`;
  const reach = { ...deps().reach, allowInternal: false, allowLoopback: true };
  expect(await run({ kind: 'http', url }, { reach })).toMatchObject({ isUp: true });
  expect(await run({ kind: 'http', url: 'http://metadata.test/' }, { reach })).toMatchObject({
    reason: 'forbidden-address',
    message: expect.not.stringContaining('169.254'),
  });
});

test('a DNS check tells nothing of an internal network unless that is allowed', async () => {
  const { server, address } = await nameServer({ 'inside.test': '10.1.2.3', 'outside.test': '93.184.216.34' });
  const guarded = { allowInternal: false, nameServers: [address] };
  const inside = { kind: 'dns', host: 'inside.test', expect: '10.9.9.9' };
  expect(await run(inside, guarded)).toMatchObject({
    reason: 'forbidden-address',
    message: expect.not.stringContaining('10.1.2.3'),
  });
  expect(await run({ kind: 'dns', host: 'db.corp' }, guarded)).toMatchObject({ reason: 'forbidden-address' });
  expect(await run({ kind: 'dns', host: 'outside.test' }, guarded)).toMatchObject({ isUp: true });
  expect(await run(inside, { nameServers: [address] })).toMatchObject({
    reason: 'answer',
    message: 'inside.test has A 10.1.2.3, expected 10.9.9.9',
  });
  server.close();
});

/** A name server that knows a few A records. */
async function nameServer(
  records: Readonly<Record<string, string>>,
): Promise<{ readonly server: Socket; readonly address: string }> {
  const server = createSocket('udp4');
  server.on('message', (question, { port: from, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let size = question[at] ?? 0; size > 0; size = question[at] ?? 0) {
      labels.push(question.subarray(at + 1, at + 1 + size).toString());
      at += size + 1;
    }
    const asked = question.subarray(12, at + 5);
    const found = Object.hasOwn(records, labels.join('.')) ? records[labels.join('.')] : undefined;
    const header = Buffer.from(question.subarray(0, 12));
    header.writeUInt16BE(found === undefined ? 0x8183 : 0x8180, 2);
    header.writeUInt16BE(found === undefined ? 0 : 1, 6);
    header.writeUInt32BE(0, 8);
    // A pointer to the name, type A, class IN, a minute, four bytes.
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...(found ?? '').split('.').map(Number)]);
    server.send(Buffer.concat([header, asked, ...(found === undefined ? [] : [answer])]), from, address);
  });
  await new Promise<void>(resolve => server.bind(0, '127.0.0.1', resolve));
  return { server, address: `127.0.0.1:${server.address().port}` };
}

test('a run that ended while its name was looked up connects to nobody, not to a server either that never shakes hands', async () => {
  const ended = AbortSignal.abort(new Error('ended'));
  const target = { host: 'shop.test', address: '127.0.0.1', port };
  await expect(connectTls(target, undefined, ended)).rejects.toThrow('ended');
});
