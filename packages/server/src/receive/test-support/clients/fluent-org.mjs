// Events by @fluent-org/logger. Every one is acknowledged, or it ends with an error.
import { EventTime, FluentClient } from '@fluent-org/logger';

const [port, eventMode, sharedKey] = process.argv.slice(2);
const client = new FluentClient('cart', {
  eventMode,
  socket: { host: '127.0.0.1', port: Number(port), timeout: 3000 },
  ack: { ackTimeout: 5000 },
  ...(sharedKey === undefined ? {} : { security: { clientHostname: 'client', sharedKey } }),
});
await client.connect();
await Promise.all(
  Array.from({ length: 3 }, (_, i) =>
    client.emit(
      'items',
      { msg: `item ${i} by ${eventMode}`, level: 30 },
      EventTime.fromTimestamp(1_790_000_000_000 + i),
    ),
  ),
);
await client.shutdown();
process.exit(0);
