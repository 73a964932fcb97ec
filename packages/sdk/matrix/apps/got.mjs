import http from 'node:http';
import { got } from 'got';
import imported from 'p-retry';

// As CommonJS it is one property deeper.
const pRetry = imported.default ?? imported;

const asked = new Map();
const vendor = http.createServer((request, response) => {
  const times = (asked.get(request.url) ?? 0) + 1;
  asked.set(request.url, times);
  if (request.url.includes('slow')) return;
  response.writeHead(request.url.includes('flaky') && times <= 2 ? 503 : 200).end('{}');
});
vendor.listen(Number(process.env.VENDOR_PORT), '127.0.0.1');
const base = `http://127.0.0.1:${process.env.VENDOR_PORT}/v1`;

const routes = {
  '/plain': () => got.post(`${base}/customers`, { json: { name: 'Ada' } }),
  '/again': () =>
    got(`${base}/flaky/rates`, { retry: { limit: 3, calculateDelay: ({ computedValue }) => computedValue && 10 } }),
  '/late': () => got(`${base}/slow`, { timeout: { request: 300 }, retry: { limit: 0 } }).catch(error => error.name),
  '/by-hand': () =>
    pRetry(() => got.post(`${base}/flaky/orders`, { json: { id: 1 }, retry: { limit: 0 } }), {
      retries: 3,
      minTimeout: 5,
    }),
  '/several': async () => {
    const hopeless = { retry: { limit: 0 }, throwHttpErrors: false };
    for (const name of ['a', 'bcd']) await got.post(`${base}/flaky/mails`, { ...hopeless, json: { name } });
  },
};

const server = http.createServer(async (request, response) => {
  try {
    await routes[request.url]();
    response.end('ok');
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
