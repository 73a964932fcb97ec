// Log lines by winston-loki, as JSON or as snappy protobuf.
import winston from 'winston';
import LokiTransport from 'winston-loki';

const [host, encoding] = process.argv.slice(2);
const transport = new LokiTransport({
  host,
  json: encoding === 'json',
  labels: { app: `shop-${encoding}`, env: 'production' },
  headers: { 'X-Scope-OrgID': 'winston' },
  replaceTimestamp: false,
  interval: 1,
});
const logger = winston.createLogger({ level: 'debug', transports: [transport] });
logger.info({
  message: 'order placed',
  timestamp: '2026-09-21T14:13:20.123Z',
  order: 17,
  labels: { route: '/orders' },
});
logger.error({
  message: 'it “failed”\n\nDROP TABLE logs',
  timestamp: '2026-09-21T14:13:21.000Z',
  trace_id: '5b8efff798038103d269b633813fc60c',
});
await transport.flush();
// Its timer goes on.
process.exit(0);
