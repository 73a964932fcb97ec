import http from 'node:http';
import axios from 'axios';
import imported from 'axios-retry';

// As CommonJS it is one property deeper.
const axiosRetry = imported.default ?? imported;

let asked = 0;
const vendor = http.createServer((request, response) => {
  if (request.url.includes('slow')) return;
  const isFlaky = request.url.includes('flaky') && ++asked <= 2;
  response.writeHead(isFlaky || request.url.includes('broken') ? 503 : 200).end('{}');
});
vendor.listen(Number(process.env.VENDOR_PORT), '127.0.0.1');
const base = `http://127.0.0.1:${process.env.VENDOR_PORT}`;
const patient = axios.create();
axiosRetry(patient, { retries: 3, retryDelay: () => 10 });

const routes = {
  '/': async () => {
    await axios.post(`${base}/v1/payment_intents/pi_3NabcDEF123/confirm`, {});
    await axios.get(`${base}/v1/customers/cus_123?email=a@b.example`);
    await axios.get(`${base}/v1/broken`).catch(() => {});
    await fetch(`${base}/v1/chat/completions`, { method: 'POST', body: '{}' });
  },
  '/again': () => patient.get(`${base}/v1/flaky`),
  '/late': () => axios.get(`${base}/v1/slow`, { timeout: 300 }).catch(() => {}),
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
