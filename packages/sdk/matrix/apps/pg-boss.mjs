import http from 'node:http';
import PgBoss from 'pg-boss';

const boss = new PgBoss(process.env.DATABASE_URL);
boss.on('error', () => {});
const seen = [];
const ready = (async () => {
  await boss.start();
  for (const queue of ['receipts', 'waiting']) await boss.createQueue?.(queue);
  const options = { includeMetadata: true, pollingIntervalSeconds: 0.5, newJobCheckInterval: 200 };
  await boss.work('receipts', options, async jobs => {
    const [job] = Array.isArray(jobs) ? jobs : [jobs];
    seen.push(job.data);
    if (job.data.kind === 'broken') throw new TypeError('cannot');
    return { done: true };
  });
  await boss.work('waiting', { ...options, pollingIntervalSeconds: 100, newJobCheckInterval: 100_000 }, async () => {});
})();
ready.catch(error => console.error(error));

async function work() {
  await ready;
  await boss.send('receipts', { kind: 'good' });
  await boss.send('receipts', { kind: 'broken' }, { retryLimit: 0 });
  const until = Date.now() + 15_000;
  while (seen.length < 2 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20));
  await new Promise(resolve => setTimeout(resolve, 300));
  return seen;
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
