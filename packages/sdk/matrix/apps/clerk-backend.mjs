import http from 'node:http';
import { createClerkClient } from '@clerk/backend';

// It answers as https://clerk.com/docs/reference/backend-api says.
const user = { object: 'user', id: 'user_2abCdEf12345', email_addresses: [], phone_numbers: [], external_accounts: [] };
const vendor = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.url.includes('user_gone')) {
    response.writeHead(404).end('{"errors":[{"code":"resource_not_found","message":"not found"}]}');
  } else if (request.url.includes('/count')) response.end('{"object":"total_count","total_count":1}');
  else response.end(JSON.stringify(/\/users\/user_/.test(request.url) ? user : [user]));
});
vendor.listen(Number(process.env.VENDOR_PORT), '127.0.0.1');
const apiUrl = `http://127.0.0.1:${process.env.VENDOR_PORT}`;
const clerk = createClerkClient({ secretKey: 'sk_test_secret123', apiUrl, telemetry: { disabled: true } });

const routes = {
  '/get': async () => (await clerk.users.getUser('user_2abCdEf12345')).id,
  '/list': async () => (await clerk.users.getUserList({ emailAddress: ['secret@a.example'] })).totalCount,
  '/gone': () => clerk.users.getUser('user_gone12345').catch(error => error.status),
};

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
