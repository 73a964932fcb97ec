import http from 'node:http';
import { Logger } from '@nestjs/common';

const log = new Logger('Orders');

const server = http.createServer((_request, response) => {
  log.log('order paid');
  log.warn('nearly empty');
  const error = new RangeError('out of stock');
  log.error(error);
  log.error('could not ship', error.stack);
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
