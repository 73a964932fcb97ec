import { setTenant } from '@bellwether/node';
import fastify from 'fastify';
import http from 'node:http';
import { connect, createServer } from 'node:http2';

// Streams, and a framework over requests and responses.
const streams = createServer();
streams.on('stream', (stream, headers) => {
  setTenant(headers[':path'].slice(1));
  stream.respond({ ':status': headers[':path'] === '/fails' ? 503 : 200 });
  stream.end('streamed');
});
const app = fastify({ http2: true });
app.get('/orders/:order', request => request.params.order);
app.get('/broken', () => {
  throw new RangeError('out of range');
});

async function main() {
  streams.listen(0, '127.0.0.1');
  await app.listen({ port: 0, host: '127.0.0.1' });
  const sessions = [streams, app.server].map(server => connect(`http://127.0.0.1:${server.address().port}`));
  // `/streams/acme` asks for `/acme` of the first, `/app/orders/7` for `/orders/7` of the second.
  const web = http.createServer((request, response) => {
    const [, which, ...path] = request.url.split('/');
    const stream = sessions[which === 'streams' ? 0 : 1].request({ ':path': `/${path.join('/')}` });
    stream.on('response', headers => response.writeHead(headers[':status']));
    stream.pipe(response);
  });
  web.listen(0, '127.0.0.1', () => console.log(`port ${web.address().port}`));
}
void main();
