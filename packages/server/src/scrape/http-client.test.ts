import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ByteBudget } from '../base/byte-budget.js';
import { readConfig } from '../config/load-config.js';
import type { HttpSettings } from '../config/scrape-job.js';
import { selfSigned } from './certificate.test-support.js';
import { startExporter, type Exporter } from './exporter.test-support.js';
import { HttpClient } from './http-client.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-http-client-'));
const server = selfSigned('the server', ['shop.example']);
const visitor = selfSigned('the visitor', []);
const stranger = selfSigned('a stranger', []);
for (const [name, { key, cert }] of Object.entries({ server, visitor, stranger })) {
  writeFileSync(join(folder, `${name}.key`), key);
  writeFileSync(join(folder, `${name}.pem`), cert);
}
writeFileSync(join(folder, 'password'), 'from a file\n');

let plain: Exporter;
let secureUrl: string;
const secure = createSecureServer(
  { ...server, requestCert: true, rejectUnauthorized: false, ca: visitor.cert },
  (request, response) => {
    // The socket of a server with TLS has what its peer showed.
    const { authorized } = request.socket as typeof request.socket & { authorized: boolean };
    response.end(authorized ? 'known' : 'unknown');
  },
);
beforeAll(async () => {
  plain = await startExporter('a 1\n');
  await new Promise<void>(resolve => secure.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an address of this form.
  secureUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await plain.stop();
  secure.closeAllConnections();
  await new Promise(resolve => secure.close(resolve));
  rmSync(folder, { recursive: true });
});

const clients: HttpClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

function httpSettings(settings: object): HttpSettings {
  const text = JSON.stringify({ scrape: { configs: [{ job_name: 'a', ...settings }] } });
  const [job] = readConfig({ text, name: 'b.yaml' }, { flags: {}, env: {}, cwd: folder }).scrape.jobs;
  if (job === undefined) throw new Error('no job');
  return job.http;
}

/** What a target with these settings answers, or why it can not be asked. */
async function ask(settings: object, url = secureUrl, budget = new ByteBudget(1 << 20)): Promise<string> {
  const client = new HttpClient(httpSettings(settings), budget);
  clients.push(client);
  const request = { url, headers: {}, timeoutMs: 5000, maxBytes: 1 << 20 };
  try {
    const page = await client.get(request, new AbortController().signal);
    page.release();
    return page.bytes.toString();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } finally {
    expect(budget.taken).toBe(0);
  }
}

test.each<[string, object, RegExp]>([
  ['without its certificate a server is not trusted', {}, /^FetchFailed: self-signed certificate/],
  ['ca_file is trusted', { ca_file: 'server.pem' }, /^unknown$/],
  ['ca may stand in the configuration', { ca: server.cert }, /^unknown$/],
  ['insecure_skip_verify trusts anything', { insecure_skip_verify: true }, /^unknown$/],
  ['another certificate is not trusted', { ca_file: 'stranger.pem' }, /^FetchFailed: self-signed certificate/],
  ['server_name is the name that must be in it', { ca_file: 'server.pem', server_name: 'shop.example' }, /^unknown$/],
  [
    'a name that is not in it is refused',
    { ca_file: 'server.pem', server_name: 'else.example' },
    /^FetchFailed: Hostname\/IP does not match/,
  ],
  [
    'a certificate of our own is shown',
    { ca_file: 'server.pem', cert_file: 'visitor.pem', key_file: 'visitor.key' },
    /^known$/,
  ],
  [
    'a strange one is not known',
    { ca_file: 'server.pem', cert_file: 'stranger.pem', key_file: 'stranger.key' },
    /^unknown$/,
  ],
  [
    'a file that is not there is named',
    { ca_file: 'nothing.pem' },
    /^FetchFailed: .*nothing\.pem can not be read: ENOENT/,
  ],
  ['versions can be set', { ca_file: 'server.pem', min_version: 'TLS13', max_version: 'TLS13' }, /^unknown$/],
])('tls_config: %s', async (_, tls_config, expected) => {
  expect(await ask({ tls_config })).toMatch(expected);
});

test.each<[string, object, string]>([
  [
    'basic_auth',
    { basic_auth: { username: 'ada', password: 'löve' } },
    `Basic ${Buffer.from('ada:löve').toString('base64')}`,
  ],
  [
    'basic_auth with password_file',
    { basic_auth: { username: 'ada', password_file: 'password' } },
    `Basic ${Buffer.from('ada:from a file').toString('base64')}`,
  ],
  ['authorization', { authorization: { type: 'Token', credentials: 'abc' } }, 'Token abc'],
  ['bearer_token', { bearer_token: 'abc' }, 'Bearer abc'],
])('%s is sent', async (_, settings, expected) => {
  expect(await ask(settings, `http://${plain.address}/`)).toBe('a 1\n');
  expect(plain.headers().authorization).toBe(expected);
});

test('a header that can be none is an error of the configuration, not of the program', async () => {
  expect(await ask({ authorization: { credentials: 'line\nbreak' } }, `http://${plain.address}/`)).toMatch(
    /^FetchFailed: Invalid character in header content \["authorization"\]$/,
  );
});

test('a connection that the target closed while it was idle costs nothing; one that closes at once is a failure', async () => {
  const served = new WeakSet<object>();
  let closesAtOnce = false;
  const app = await startExporter();
  app.answer((request, response) => {
    if (closesAtOnce || served.has(request.socket)) return request.socket.destroy();
    served.add(request.socket);
    return response.end('a 1\n');
  });
  const client = new HttpClient(httpSettings({}), new ByteBudget(1 << 20));
  clients.push(client);
  const get = async (): Promise<string> => {
    const request = { url: `http://${app.address}/`, headers: {}, timeoutMs: 5000, maxBytes: 1000 };
    const page = await client.get(request, new AbortController().signal);
    page.release();
    return page.bytes.toString();
  };
  expect([await get(), await get(), await get()]).toEqual(['a 1\n', 'a 1\n', 'a 1\n']);
  closesAtOnce = true;
  await expect(get()).rejects.toThrow(/^socket hang up$/);
  await app.stop();
});

test('without compression nothing packed is asked for', async () => {
  await ask({ enable_compression: false }, `http://${plain.address}/`);
  expect(plain.headers()['accept-encoding']).toBe('identity');
});

test('when too many bytes are in memory already, the page is not read', async () => {
  expect(await ask({}, `http://${plain.address}/`, new ByteBudget(2))).toContain('too many bytes are being received');
});
