import http from 'node:http';
import { monitoredTaskProcessing } from '@bellwether/node';
import { Queue, QueueEvents, UnrecoverableError, Worker } from 'bullmq';

const url = new URL(process.env.REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port), maxRetriesPerRequest: null };
const queue = new Queue('commissions', { connection });
const events = new QueueEvents('commissions', { connection });
const worker = new Worker(
  'commissions',
  monitoredTaskProcessing(
    'commission_calculation',
    'commission_queue',
  )(async function calculate(job) {
    if (job.name === 'flaky' && job.attemptsMade === 0) throw new TypeError('first time');
    if (job.name === 'broken') throw new UnrecoverableError('never');
    return { seen: job.data, options: Object.keys(job.opts).sort() };
  }),
  { connection, concurrency: 2 },
);
worker.on('error', () => {});

async function work() {
  await events.waitUntilReady();
  const good = await queue.add('calculate', { partner: 'p-1' });
  const result = await good.waitUntilFinished(events);
  const flaky = await queue.add('flaky', {}, { attempts: 2, priority: 3 });
  await flaky.waitUntilFinished(events);
  const broken = await queue.add('broken', {}, { attempts: 3 });
  const failed = await broken.waitUntilFinished(events).catch(error => error.message);
  const bulk = await queue.addBulk([
    { name: 'calculate', data: { partner: 'p-2' } },
    { name: 'calculate', data: { partner: 'p-3' } },
  ]);
  await Promise.all(bulk.map(job => job.waitUntilFinished(events)));
  return { result, failed };
}

const server = http.createServer(async (request, response) => {
  try {
    if (request.url === '/') response.end(JSON.stringify(await work()));
    else {
      await queue.pause();
      await queue.add('later', {}, { delay: 100_000 });
      await queue.add('now', {});
      setTimeout(() => response.end('waited'), Number(process.env.WAIT_MS ?? 0));
    }
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
