import http from 'node:http';
import CircuitBreaker from 'opossum';

let isBroken = true;
const charge = async amount => {
  if (isBroken) throw new Error('declined');
  return amount;
};
const breaker = new CircuitBreaker(charge, {
  name: 'payments',
  timeout: 1000,
  resetTimeout: 50,
  errorThresholdPercentage: 50,
  volumeThreshold: 2,
});
const unnamed = new CircuitBreaker(async () => new Promise(resolve => setTimeout(resolve, 200)), { timeout: 20 });

const routes = {
  '/break': async () => {
    for (const amount of [1, 2, 3]) await breaker.fire(amount).catch(() => {});
    return breaker.opened;
  },
  '/mend': async () => {
    isBroken = false;
    while (!breaker.halfOpen) await new Promise(resolve => setTimeout(resolve, 10));
    return breaker.fire(4);
  },
  '/late': () => unnamed.fire().catch(error => error.code),
};

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
