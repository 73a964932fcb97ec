import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
  isBrokenCircuitError,
} from 'cockatiel';
import http from 'node:http';

let isBroken = true;
const charge = async () => {
  if (isBroken) throw new Error('declined');
  return 'charged';
};
const named = circuitBreaker(handleAll, { halfOpenAfter: 50, breaker: new ConsecutiveBreaker(2) });
const payments = Object.assign(named, { name: 'payments' });
const again = retry(handleAll, { maxAttempts: 2 });
const inTime = timeout(20, TimeoutStrategy.Aggressive);
const one = bulkhead(1);
const both = wrap(
  Object.assign(retry(handleAll, { maxAttempts: 1 }), { name: 'around' }),
  circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(1) }),
);

const routes = {
  '/break': async () => {
    const errors = [];
    for (let i = 0; i < 3; i++) await payments.execute(charge).catch(error => errors.push(error.message));
    return errors.length;
  },
  '/mend': async () => {
    isBroken = false;
    for (;;) {
      const answer = await payments.execute(charge).catch(() => undefined);
      if (answer !== undefined) return answer;
      await new Promise(resolve => setTimeout(resolve, 10));
    }
  },
  '/again': () => again.execute(() => Promise.reject(new Error('no'))).catch(error => error.message), // first call
  '/late': () =>
    inTime.execute(() => new Promise(resolve => setTimeout(resolve, 5000).unref())).catch(error => error.message),
  '/full': async () => {
    const calls = [1, 2].map(() => one.execute(() => new Promise(resolve => setTimeout(resolve, 30, 'let in'))));
    return (await Promise.allSettled(calls)).map(({ status }) => status);
  },
  '/both': () =>
    both
      .execute(() => Promise.reject(new Error('no')))
      .catch(error => (isBrokenCircuitError(error) ? 'BrokenCircuitError' : String(error))),
};

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
