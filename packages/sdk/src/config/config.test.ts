import { expect, test } from 'vitest';
import { readConfig } from './config.js';

test('with nothing set, telemetry goes to this machine', () => {
  const config = readConfig({}, {});
  expect([config.url.origin, config.enabled, config.key, config.problems]).toEqual([
    'http://127.0.0.1:4318',
    true,
    undefined,
    [],
  ]);
});

test('options win over our variables, these over those of OpenTelemetry', () => {
  const environment = {
    BELLWETHER_URL: 'http://a:1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b:2',
    OTEL_SERVICE_NAME: 'env',
  };
  expect(readConfig({}, environment).url.host).toBe('a:1');
  expect(readConfig({ url: 'https://c:3', service: 'own' }, environment)).toMatchObject({ service: 'own' });
});

test.each([
  [{ BELLWETHER_ENABLED: 'false' }, false],
  [{ OTEL_SDK_DISABLED: 'true' }, false],
  [{ BELLWETHER_ENABLED: '1' }, true],
])('[A3] %j: enabled is %s', (environment, enabled) => {
  expect(readConfig({}, environment).enabled).toBe(enabled);
});

test('bad values are named and the defaults used; nothing is thrown [A9]', () => {
  const config = readConfig(
    {},
    { BELLWETHER_URL: 'localhost:4318', BELLWETHER_ENABLED: 'maybe', OTEL_RESOURCE_ATTRIBUTES: 'a=1,oops,b=x%20y' },
  );
  expect(config.problems).toEqual([
    'the URL to send telemetry to should look like http://127.0.0.1:4318, not "localhost:4318"; using http://127.0.0.1:4318',
    'BELLWETHER_ENABLED should be true or false, not "maybe"; using true',
    'OTEL_RESOURCE_ATTRIBUTES should be key=value,key=value; "oops" was left out',
  ]);
  expect(config.attributes).toEqual({ a: '1', b: 'x y' });
});

test('an address with port 0 is named as it is: Node would call port 80, and say so', () => {
  const config = readConfig({}, { BELLWETHER_URL: 'http://127.0.0.1:0' });
  expect(config.url.href).toBe('http://127.0.0.1:4318/');
  expect(config.problems).toEqual([
    'the URL to send telemetry to should look like http://127.0.0.1:4318, not "http://127.0.0.1:0"; using http://127.0.0.1:4318',
  ]);
  expect(readConfig({ destinations: [{ name: 'own', url: 'https://otlp.example:0/' }] }, {}).problems[0]).toBe(
    'a destination should be a name or { name, url }, with a url such as https://otlp.example; it was left out',
  );
});

test('[A1] a switch turns off what it stands for, by option or by environment', () => {
  const config = readConfig({ cacheMonitoring: false }, { BELLWETHER_ENHANCED_APM: 'off', BELLWETHER_DISABLE: 'pino' });
  expect(config.components).toMatchObject({ enhancedApm: false, cacheMonitoring: false });
  expect(config.disable).toEqual(expect.arrayContaining(['pino', 'pg', 'undici', 'http-client', 'runtime', 'ioredis']));
});

const gzip = (environment: Record<string, string>): boolean | undefined =>
  readConfig({}, environment).destinations.sent[0]?.gzip;

test('bodies are compressed unless they stay on this machine', () => {
  expect([gzip({}), gzip({ BELLWETHER_URL: 'https://telemetry.example' })]).toEqual([false, true]);
  expect(gzip({ BELLWETHER_URL: 'http://10.0.0.1:4318', OTEL_EXPORTER_OTLP_COMPRESSION: 'none' })).toBe(false);
});

test('[B7][W27] slow queries: the threshold and the switch come from options, our variables or the plain ones', () => {
  expect(readConfig({}, { SLOW_QUERY_THRESHOLD_MS: '100' }).slowQueries.defaultMs).toBe(100);
  expect(readConfig({}, { BELLWETHER_SLOW_QUERY_MS: '50', SLOW_QUERY_THRESHOLD_MS: '100' }).slowQueries.defaultMs).toBe(
    50,
  );
  expect(readConfig({ slowQueryMs: 20 }, { BELLWETHER_SLOW_QUERY_MS: '50' }).slowQueries.defaultMs).toBe(20);
  expect(readConfig({}, { SLOW_SQL_ENABLED: 'false' }).slowSql).toBe(false);
  expect(readConfig({}, {}).slowSql).toBe(true);
});

test('[B7] transaction tracing can be switched off: then only what failed or was slow is traced', () => {
  expect(readConfig({}, { TRANSACTION_TRACE_ENABLED: 'false' }).sampling?.ratio).toBe(0);
  expect(readConfig({ transactionTracing: false, sampling: 1 }, {}).sampling?.ratio).toBe(0);
  expect(readConfig({}, {}).sampling).toBeUndefined();
});

test('[D10] collections are counted only when it is asked for', () => {
  const problems = readConfig({}, { BELLWETHER_COLLECTION_COUNT_MINUTES: 'often' });
  expect([problems.collectionCountMinutes, problems.problems.length]).toEqual([0, 1]);
  expect(readConfig({}, {}).collectionCountMinutes).toBe(0);
  expect(readConfig({}, { BELLWETHER_COLLECTION_COUNT_MINUTES: '5' }).collectionCountMinutes).toBe(5);
});

test('a signal that asks for profiles is one that means nothing else', () => {
  // Node takes SIGUSR1 for its inspector.
  const read = ['SIGUSR2', 'off', '', 'SIGUSR1'].map(signal => readConfig({ profileSignal: signal }, {}));
  expect(read.map(config => config.profileSignal)).toEqual(['SIGUSR2', undefined, undefined, undefined]);
  expect(read[3]?.problems[0]).toContain('BELLWETHER_PROFILE_SIGNAL should be one of SIGUSR2');
  const { profileSeconds, problems } = readConfig({}, { BELLWETHER_PROFILE_SECONDS: '600' });
  expect([profileSeconds, problems.length]).toEqual([10, 1]);
});
