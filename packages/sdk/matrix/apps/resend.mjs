import http from 'node:http';
import { Resend } from 'resend';

// It answers as https://resend.com/docs/api-reference says.
const vendor = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  if (request.url === '/domains') {
    response
      .writeHead(401)
      .end('{"statusCode":401,"name":"restricted_api_key","message":"This API key is restricted"}');
  } else response.end('{"id":"49a3999c-0ce1-4ea6-ab68-afcd6dc2e794","object":"email"}');
});
vendor.listen(Number(process.env.VENDOR_PORT), '127.0.0.1');
const resend = new Resend('re_secret_123');

const mail = { from: 'shop@a.example', to: 'secret-customer@b.example', subject: 'secret-subject', text: 'Thank you' };
const routes = {
  '/send': async () => (await resend.emails.send(mail)).data.id,
  '/get': async () => (await resend.emails.get('49a3999c-0ce1-4ea6-ab68-afcd6dc2e794')).data.object,
  '/refused': async () => (await resend.domains.list()).error.name,
};

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
