import http from 'node:http';
import memjs from 'memjs';

const client = memjs.Client.create(process.env.MEMCACHED, { retries: 1, logger: { log() {} } });
const nobody = memjs.Client.create('127.0.0.1:1', { retries: 1, logger: { log() {} } });

async function work() {
  await client.set('user:77:cart', 'secret-value', { expires: 60 });
  const hit = (await client.get('user:77:cart')).value.toString();
  const miss = (await client.get('user:78:cart')).value;
  const byCallback = await new Promise(resolve =>
    client.get('user:77:cart', (_error, value) => resolve(value.toString())),
  );
  const failed = await nobody.get('user:77:cart').catch(() => 'failed');
  return { hit, miss, byCallback, failed };
}

const server = http.createServer(async (request, response) => {
  try {
    if (request.url === '/') response.end(JSON.stringify(await work()));
    else setTimeout(() => response.end('waited'), 1500);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
