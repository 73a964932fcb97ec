import next from 'next';
import http from 'node:http';

const app = next({ dev: false, dir: import.meta.dirname });

async function main() {
  await app.prepare();
  const server = http.createServer(app.getRequestHandler());
  server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
}
void main();
