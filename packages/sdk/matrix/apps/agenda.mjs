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
const ready = agenda.start();
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

const server = http.createServer(async (_request, response) => {
  try {
    response.end(JSON.stringify(await work()));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
