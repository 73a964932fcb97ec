import http from 'node:http';
import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda } from 'agenda';

const agenda = new Agenda({
  backend: new PostgresBackend({ connectionString: process.env.DATABASE_URL }),
  processEvery: 200,
});
const seen = [];
const completed = [];
agenda.on('complete', () => completed.push(1));
agenda.define('receipts', async job => void seen.push(job.attrs.data.kind), { concurrency: 3 });
agenda.define(
  'broken',
  async job => {
    seen.push(job.attrs.failCount ?? 0);
    throw new TypeError('cannot');
  },
  { backoff: ({ attempt }) => (attempt < 2 ? 50 : null) },
);
agenda.define('called-back', (job, done) => {
  seen.push(job.attrs.data.kind);
  setTimeout(done, 5);
});
agenda.define('tick', async () => void seen.push('tick'));
// One of two runs until the application is asked to let go; the other waits.
let release;
const released = new Promise(resolve => (release = resolve));
agenda.define('held', () => released, { concurrency: 1, lockLimit: 1 });
const asked = [];
const ready = (async () => {
  await agenda.ready;
  await agenda.cancel({ name: 'held' });
  for (let i = 0; i < 2; i++) await agenda.now('held');
  const { pool } = agenda.db;
  const query = pool.query.bind(pool);
  pool.query = async (text, values, ...rest) => {
    const answer = await query(text, values, ...rest);
    if (String(text).includes('AS waiting') && values[0] === 'held') asked.push(answer.rows[0]);
    return answer;
  };
  await agenda.start();
})();
ready.catch(error => console.error(error));

// Soon, and not now: a job that another query finds before its own insert has been answered begins a trace of its own.
const soon = () => new Date(Date.now() + 500);

async function work() {
  await ready;
  await agenda.schedule(soon(), 'receipts', { kind: 'good' });
  await agenda.schedule(soon(), 'called-back', { kind: 'callback' });
  await agenda.schedule(soon(), 'broken', {});
  await agenda.cancel({ name: 'tick' });
  await agenda.every('1 hour', 'tick');
  const until = Date.now() + 15_000;
  while (completed.length < 5 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20));
  return seen;
}

const isHeld = row => row.waiting === '1' && row.active === '1';

/** Until it was asked what waits, while one job runs and another waits. */
async function depth() {
  const until = Date.now() + 40_000;
  while (!asked.some(isHeld) && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20));
  release();
  return asked.some(isHeld);
}

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await (request.url === '/depth' ? depth() : work())));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
