import http from 'node:http';
import { createClient } from 'redis';

const redis = createClient({ url: process.env.REDIS_URL });
redis.on('error', () => {});
const connected = redis.connect();

async function work() {
  await connected;
  await redis.set('user:77:cart', 'secret-value');
  const hit = await redis.get('user:77:cart');
  const miss = await redis.get('user:78:cart');
  const both = await redis.mGet(['user:77:cart', 'user:79:cart']);
  const wrong = await redis.lPush('user:77:cart', 'x').catch(error => error.message.split(' ')[0]);
  const piped = await redis.multi().set('a:1', '1').get('a:1').get('a:2').execAsPipeline();
  const both2 = await redis.multi().incr('n:1').incr('n:1').exec();
  return { hit, miss, both, wrong, piped, both2 };
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
