import http from 'node:http';
import Redis from 'ioredis';

const redis = new Redis(process.env.REDIS_URL);

async function work() {
  await redis.set('user:77:cart', 'secret-value');
  const hit = await redis.get('user:77:cart');
  const miss = await redis.get('user:78:cart');
  const both = await redis.mget('user:77:cart', 'user:79:cart');
  const wrong = await redis.lpush('user:77:cart', 'x').catch(error => error.message.split(' ')[0]);
  const piped = await redis.pipeline().set('a:1', '1').get('a:1').get('a:2').exec();
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
