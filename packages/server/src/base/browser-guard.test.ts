import { createServer, request as httpRequest } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseWebPages } from './browser-guard.js';

let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    try {
      refuseWebPages(request, { hasKeys: request.url === '/with-keys' });
      response.end('taken');
    } catch (error) {
      response.end(error instanceof Error ? error.message : 'other');
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address !== null && typeof address === 'object') ({ port } = address);
});

afterAll(() => server.close());

function ask(headers: Record<string, string>, path = '/'): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, headers, path }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject).end();
  });
}

test.each([
  'localhost',
  'localhost:4318',
  'LOCALHOST',
  'bellwether.localhost:1',
  '127.0.0.1:4318',
  '127.9.9.9',
  '[::1]:4318',
])('on loopback, Host %s is this machine', async host => {
  expect(await ask({ host })).toBe('taken');
});

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', 'localhost@evil.example'])(
  'on loopback, Host %s is refused',
  async host => {
    expect(await ask({ host })).toContain('this address is for this machine only');
  },
);

test('where a key is needed a proxy may keep the name it was asked for; pages are refused all the same', async () => {
  expect(await ask({ host: 'ingest.example.com' }, '/with-keys')).toBe('taken');
  expect(await ask({ host: 'ingest.example.com', origin: 'https://evil.example' }, '/with-keys')).toContain(
    'web pages',
  );
});

test('an Origin of our own is taken, any other is not', async () => {
  expect(await ask({ host: 'localhost:4318', origin: 'http://localhost:4318' })).toBe('taken');
  expect(await ask({ host: 'localhost:4318', origin: 'http://localhost:3000' })).toContain('from web pages');
  expect(await ask({ host: 'localhost:4318', origin: 'null' })).toContain('from web pages');
});

test('a browser that says it comes from another site is refused even without an Origin', async () => {
  expect(await ask({ host: 'localhost', 'sec-fetch-site': 'cross-site' })).toContain('from web pages');
});
