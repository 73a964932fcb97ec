import { expect, test } from 'vitest';
import { readOptions } from './options.js';

test('without flags the shop sends to the usual port, opens on 4400 and makes 8 requests a second', () => {
  expect(readOptions([], {})).toEqual({
    otlpUrl: 'http://127.0.0.1:4318',
    gatewayPort: 4400,
    ratePerSecond: 8,
    seed: 1,
    hasTraffic: true,
    isFast: false,
    showLogs: false,
  });
});

test('a database and a Redis come from the environment, and empty values do not count', () => {
  const options = readOptions(['--no-traffic'], { DATABASE_URL: 'postgres://db/shop', REDIS_URL: '' });
  expect(options).toMatchObject({ databaseUrl: 'postgres://db/shop', hasTraffic: false });
  expect(options).not.toHaveProperty('redisUrl');
});

test.each([
  [['--port', 'abc'], '--port must be a whole number from 0 to 65535, not "abc"'],
  [['--rate', '0'], '--rate must be a number from 0.01 to 500, not "0"'],
  [['--otlp', 'nowhere'], '--otlp must be a URL such as http://127.0.0.1:4318, not nowhere'],
  [['--colour'], "Unknown option '--colour'"],
])('%j is refused with its remedy', (args, message) => {
  expect(() => readOptions(args, {})).toThrow(message);
});
