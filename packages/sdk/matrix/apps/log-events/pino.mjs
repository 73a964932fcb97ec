import http from 'node:http';
import pino from 'pino';

const log = pino();

/** An order moves on, and says so in a line of its log: nothing here knows of Bellwether. */
const server = http.createServer((request, response) => {
  log.info(
    {
      event: 'order_status_changed',
      order_id: 'o-1001',
      tenant_id: 'acme',
      old_status: 'created',
      new_status: request.url?.slice(1),
    },
    'order moved on',
  );
  log.info('nothing happened');
  response.end('moved');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
