import http from 'node:http';
import { makeWorkerUtils, run } from 'graphile-worker';

const connectionString = process.env.DATABASE_URL;
// Soon, and not now: a job that a worker finds before who added it has been answered begins a trace of its own.
const soon = () => ({ runAt: new Date(Date.now() + 300) });
const seen = [];
const completed = [];
const quiet = { error() {}, warn() {}, info() {}, debug() {} };
const logger = { log: () => {}, scope: () => logger, ...quiet };

const ready = (async () => {
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  const runner = await run({
    connectionString,
    logger,
    concurrency: 2,
    pollInterval: 200,
    noHandleSignals: true,
    taskList: {
      receipts: async (payload, helpers) => {
        seen.push(payload);
        if (payload.kind === 'broken') throw new TypeError('cannot');
        await helpers.addJob('stamps', { kind: 'follow-up' }, soon());
      },
      stamps: async payload => void seen.push(payload),
      reports: async payload => void seen.push(payload),
    },
  });
  runner.events.on('job:complete', () => completed.push(1));
  await utils.addJob('reports', { kind: 'waiting' }, { runAt: new Date(Date.now() + 3_600_000), jobKey: 'later' });
  return { utils, runner };
})();

async function work() {
  const { utils, runner } = await ready;
  await runner.addJob('receipts', { kind: 'good' }, soon());
  await utils.addJob('receipts', { kind: 'broken' }, { ...soon(), maxAttempts: 1 });
  const until = Date.now() + 15_000;
  while (completed.length < 3 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20));
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
ready.then(
  () => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)),
  error => console.error(error),
);
