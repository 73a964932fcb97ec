import http from 'node:http';
import winston from 'winston';

const transports = [new winston.transports.Console(winston.createLogger ? {} : { json: true, stringify: true })];
const log = winston.createLogger
  ? winston.createLogger({
      level: 'info',
      format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
      transports,
    })
  : new winston.Logger({ level: 'info', transports });

const server = http.createServer((request, response) => {
  log.info('order paid', {
    logger: 'orders',
    duration_ms: 12,
    password: 'hunter2-secret',
    nested: { token: 'abcdefgh' },
  });
  log.debug('not seen');
  const error = new RangeError('out of stock');
  log.error('could not ship', { error });
  log.error('said again', { error });
  for (let line = 0; line < 200; line++) log.warn('same old story');
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
