import http from 'node:http';
import { logging, setRequestId, setTenant } from '@bellwether/node';
import pino from 'pino';

const log = logging.logger(pino, { name: 'shop', redact: ['customer.iban'] });
const db = log.child({ module: 'db' });

const server = http.createServer((request, response) => {
  if (request.url === '/level') logging.setLevel('debug', 'db');
  setTenant('acme');
  setRequestId('r-1');
  log.info(
    { duration_ms: 12, password: 'hunter2-secret', user: { token: 'abcdefgh' }, customer: { iban: 'DE00' } },
    'order paid',
  );
  db.debug('rows read');
  const error = new RangeError('out of stock');
  log.error(error, 'could not ship');
  log.error({ err: error }, 'said again');
  response.end(JSON.stringify(logging.levels()));
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
