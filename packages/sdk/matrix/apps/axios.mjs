import http from 'node:http';
import axios from 'axios';

const vendor = http.createServer((request, response) =>
  response.writeHead(request.url.includes('broken') ? 503 : 200).end('{}'),
);
vendor.listen(Number(process.env.VENDOR_PORT), '127.0.0.1');

const server = http.createServer(async (_request, response) => {
  const base = `http://127.0.0.1:${process.env.VENDOR_PORT}`;
  await axios.post(`${base}/v1/payment_intents/pi_3NabcDEF123/confirm`, {});
  await axios.get(`${base}/v1/customers/cus_123?email=a@b.example`);
  await axios.get(`${base}/v1/broken`).catch(() => {});
  await fetch(`${base}/v1/chat/completions`, { method: 'POST', body: '{}' });
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
