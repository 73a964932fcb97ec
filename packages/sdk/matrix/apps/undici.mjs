import http from 'node:http';
import { Agent, fetch, request, RetryAgent } from 'undici';

let asked = 0;
const vendor = http.createServer((request, response) => {
  if (request.url.includes('slow')) return;
  const isFlaky = request.url.includes('flaky') && ++asked <= 2;
  response.writeHead(isFlaky ? 503 : 200).end('{}');
});
vendor.listen(Number(process.env.VENDOR_PORT), '127.0.0.1');
const base = `http://127.0.0.1:${process.env.VENDOR_PORT}/v1`;
const patient = new RetryAgent(new Agent(), { maxRetries: 3, minTimeout: 10, maxTimeout: 20 });
const hasty = new Agent({ headersTimeout: 50 });

const routes = {
  '/plain': async () => (await request(`${base}/customers/cus_123`)).body.dump(),
  '/again': async () => (await request(`${base}/flaky`, { dispatcher: patient })).body.dump(),
  '/late': () => request(`${base}/slow`, { dispatcher: hasty }).catch(error => error.code),
  '/late-fetch': () => fetch(`${base}/slow`, { signal: AbortSignal.timeout(50) }).catch(error => error.name),
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
