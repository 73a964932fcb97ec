// Events by fluent-logger. Every one is acknowledged, or it ends with an error.
import fluent from 'fluent-logger';

const [port, eventMode, sharedKey] = process.argv.slice(2);
const sender = fluent.createFluentSender('shop', {
  host: '127.0.0.1',
  port: Number(port),
  timeout: 3,
  eventMode,
  requireAckResponse: true,
  ackResponseTimeout: 5000,
  reconnectInterval: 100,
  ...(sharedKey === undefined ? {} : { security: { clientHostname: 'client', sharedKey } }),
});
sender.on('error', error => {
  console.error(error.message);
  process.exit(1);
});
const emit = (label, record, seconds, nanoseconds) =>
  new Promise((resolve, reject) => {
    sender.emit(label, record, new fluent.EventTime(seconds, nanoseconds), error =>
      error ? reject(error) : resolve(),
    );
  });
await Promise.all([
  emit(
    'orders',
    { message: `placed by ${eventMode}`, level: 'warn', order: 17, tags: ['a', { b: true }] },
    1_790_000_000,
    123_456_789,
  ),
  emit(
    'orders',
    {
      log: 'level=error it failed\n',
      service: `billing ${eventMode}`,
      trace_id: '5b8efff798038103d269b633813fc60c',
      source: 'stderr',
    },
    1_790_000_001,
    0,
  ),
]);
process.exit(0);
