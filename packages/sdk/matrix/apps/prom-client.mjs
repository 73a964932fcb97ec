import http from 'node:http';
import client from 'prom-client';

const jobs = new client.Counter({ name: 'jobs_total', help: 'Jobs', labelNames: ['kind'] });
const waits = new client.Histogram({ name: 'wait_seconds', help: 'Waits', buckets: [0.1, 1] });
const server = http.createServer((_request, response) => {
  jobs.inc({ kind: 'mail' });
  waits.observe(0.5);
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
