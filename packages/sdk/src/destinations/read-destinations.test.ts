import { expect, test } from 'vitest';
import { inspect } from 'node:util';
import { readConfig, type StartOptions } from '../config/config.js';

const named = (environment: Record<string, string>, options: StartOptions = {}) => {
  const { destinations, problems } = readConfig(options, environment);
  return { sent: destinations.sent.map(({ name, url }) => `${name} ${url.href}`), problems };
};

const bellwether = 'bellwether http://127.0.0.1:4318/';
const newRelic = { NEW_RELIC_LICENSE_KEY: 'nr-1' };

test.each<[Record<string, string>, readonly string[]]>([
  [{}, [bellwether]],
  [{ APM_PROVIDER: 'newrelic', ...newRelic }, ['newrelic https://otlp.nr-data.net/']],
  [{ APM_PROVIDER: 'New Relic', NEW_RELIC_LICENSE_KEY: 'eu01xx77' }, ['newrelic https://otlp.eu01.nr-data.net/']],
  [{ APM_PROVIDER: 'New Relic', NEW_RELIC_LICENSE_KEY: 'gov01xx7' }, ['newrelic https://gov-otlp.nr-data.net/']],
  [
    { APM_PROVIDER: 'newrelic', ...newRelic, BELLWETHER_URL: 'http://b:1' },
    ['bellwether http://b:1/', 'newrelic https://otlp.nr-data.net/'],
  ],
  [{ DATADOG_ENABLED: 'true', DD_AGENT_HOST: 'agent' }, ['datadog http://agent:8126/']],
  [{ APM_PROVIDER: 'datadog', DATADOG_PROTOCOL: 'otlp' }, ['datadog http://127.0.0.1:4318/']],
  [{ APM_PROVIDER: 'datadog', DATADOG_ENABLED: 'False' }, [bellwether]],
  [{ SENTRY_DSN: 'https://k@s.example/base/42' }, [bellwether, 'sentry https://s.example/base/api/42/envelope/']],
  [{ SENTRY_DSN: 'https://k@s.example/42', SENTRY_ENABLED: 'false' }, [bellwether]],
  [
    { BELLWETHER_DESTINATIONS: 'bellwether, otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://o:2' },
    [bellwether, 'otlp https://o:2/'],
  ],
])('[A2] %j: telemetry goes to %j', (environment, sent) => {
  expect(named(environment)).toEqual({ sent, problems: [] });
});

test('[A2] code names any number of OTLP addresses; a password in one becomes a header', () => {
  const destinations = [
    'bellwether',
    { name: 'vendor', url: 'https://u:p%40ss@otlp.example/base', headers: { 'X-Team': 'core' } },
    { name: 'vendor', url: 'http://127.0.0.1:5' },
  ] as const;
  const { sent } = readConfig({ destinations, key: 'bw_1' }, {}).destinations;
  expect(sent.map(({ name, url, gzip }) => [name, url.href, gzip])).toEqual([
    ['vendor', 'https://otlp.example/base', true],
    ['vendor-2', 'http://127.0.0.1:5/', false],
    ['bellwether', 'http://127.0.0.1:4318/', false],
  ]);
  expect(sent[2]?.headers['authorization']?.reveal()).toBe('Bearer bw_1');
  expect(Object.entries(sent[0]?.headers ?? {}).map(([name, value]) => [name, value.reveal()])).toEqual([
    ['x-team', 'core'],
    ['authorization', `Basic ${Buffer.from('u:p@ss').toString('base64')}`],
  ]);
});

test('[A3] what is missing or unknown is named, and the rest goes on', () => {
  expect(named({ BELLWETHER_DESTINATIONS: 'newrelic,splunk' })).toEqual({
    sent: [],
    problems: [
      expect.stringContaining('unknown destination "splunk"; known: bellwether, otlp'),
      'the destination newrelic needs NEW_RELIC_LICENSE_KEY; nothing is sent there',
      'there is no destination left, so nothing is recorded; see BELLWETHER_DESTINATIONS',
    ],
  });
});

test('[A9] no secret is in what is printed of a configuration', () => {
  const config = readConfig(
    {},
    {
      BELLWETHER_DESTINATIONS: 'bellwether,otlp,newrelic',
      BELLWETHER_KEY: 'hidden-1',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:hidden-2@there',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=hidden-3,hidden-4',
      NEW_RELIC_LICENSE_KEY: 'hidden-5',
    },
  );
  const printed = [inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config), String(config.key)].join();
  expect(config.problems).toHaveLength(2);
  expect(config.destinations.sent).toHaveLength(3);
  expect(printed).not.toContain('hidden-');
});
