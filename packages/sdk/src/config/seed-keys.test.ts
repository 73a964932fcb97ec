import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Metrics } from '../core/metrics.js';
import { seriesLabels } from '../destinations/series-labels.js';
import { readConfig } from './config.js';
import { publishThresholds } from './threshold-metrics.js';

type Environment = Record<string, string>;

/** Every key that set-ups of today have in their environment, with a value, and what it has to be read beside. */
const keys: readonly (readonly [key: string, value: string, beside?: Environment])[] = [
  ['DATADOG_ENABLED', 'true'],
  ['DATADOG_API_KEY', 'hidden-dd'],
  ['DATADOG_APP_KEY', 'hidden-app'],
  ['DATADOG_SERVICE_NAME', 'library'],
  ['DATADOG_ENVIRONMENT', 'production'],
  ['HOSTNAME', 'web-1'],
  ['SENTRY_ENABLED', 'false', { SENTRY_DSN: 'https://k@s.example/1' }],
  ['SENTRY_DSN', 'https://hidden@s.example/1'],
  ['sentry_dsn', 'https://hidden@s.example/1'],
  ['APP_VERSION', '1.2.3'],
  ['app_version', '1.2.3'],
  ['START_TIME', '1700000000'],
  ['ENVIRONMENT', 'staging'],
  ['environment', 'development'],
  ['SLOW_QUERY_THRESHOLD', '0.5'],
  ['SLOW_QUERY_THRESHOLD_MS', '100'],
  ['SLOW_REQUEST_THRESHOLD', '1.5'],
  ['REDIS_HOST', 'cache'],
  ['REDIS_PORT', '6379'],
  ['REDIS_PASSWORD', 'hidden-redis'],
  ['APM_ENABLED', 'False'],
  ['APM_PROVIDER', 'datadog'],
  ['NEW_RELIC_LICENSE_KEY', 'hidden-nr', { APM_PROVIDER: 'newrelic' }],
  ['NEW_RELIC_APP_NAME', 'library'],
  ['NEW_RELIC_ENVIRONMENT', 'production'],
  ['API_P95_THRESHOLD_MS', '700'],
  ['API_P99_THRESHOLD_MS', '1700'],
  ['DB_POOL_UTILIZATION_THRESHOLD', '0.7'],
  ['TRANSACTION_TRACE_ENABLED', 'false'],
  ['SLOW_SQL_ENABLED', 'false'],
  ['PERFORMANCE_ALERT_EMAIL_ENABLED', 'true'],
  ['PERFORMANCE_ALERT_EMAIL_RECIPIENTS', 'hidden@example.com'],
  ['PERFORMANCE_ALERT_SLACK_ENABLED', 'true'],
  ['PERFORMANCE_ALERT_SLACK_WEBHOOK_URL', 'https://hooks.example/hidden'],
  ['enable_enhanced_apm', 'false'],
  ['enable_business_metrics', 'true'],
  ['enable_alerting', 'true'],
  ['enable_sla_monitoring', 'true'],
  ['enable_cache_monitoring', 'false'],
  ['create_dashboards', 'true'],
  ['LOG_LEVEL', 'INFO'],
  ['owner_phone', '+hidden'],
  ['BELLWETHER_QUEUE_MAX_MB', '2'],
  ['BELLWETHER_SPOOL_MAX_MB', '10'],
];

const shown = (environment: Environment): string => inspect(readConfig({}, environment), { depth: 9 });

const cases = keys.map(([key, value, beside = {}]) => ({ key, value, beside }));

test.each(cases)(
  '[A9][W27] $key has an effect, or an answer that says what took its place',
  ({ key, value, beside }) => {
    const { keysOfOthers, problems } = readConfig({}, { ...beside, [key]: value });
    const answer = keysOfOthers.find(each => each.key === key)?.answer;
    const hasEffect = shown({ ...beside, [key]: value }) !== shown(beside);
    expect([answer !== undefined || hasEffect, problems]).toEqual([true, []]);
  },
);

test('[A9] no value of any key that may be secret is in what is printed', () => {
  const all = Object.fromEntries(keys.map(([key, value]) => [key, value]));
  expect(shown({ ...all, APM_PROVIDER: 'newrelic' })).not.toContain('hidden');
});

const of = (environment: Environment, options = {}) => readConfig(options, environment);

test('[W27] thresholds come as presets; single variables go before them, and code before these', () => {
  expect(of({}).slowRequests.defaultMs).toBe(2000);
  expect(of({ BELLWETHER_THRESHOLDS: 'strict' })).toMatchObject({
    slowRequests: { defaultMs: 1000 },
    slowQueries: { defaultMs: 100 },
    thresholds: { apiP95Ms: 500, apiP99Ms: 1000 },
  });
  expect(of({ BELLWETHER_THRESHOLDS: 'strict', SLOW_REQUEST_THRESHOLD: '3' }).slowRequests.defaultMs).toBe(3000);
  expect(of({ SLOW_REQUEST_THRESHOLD: '3', BELLWETHER_SLOW_REQUEST_MS: '4,/a=9' }).slowRequests.defaultMs).toBe(4);
  expect(of({ SLOW_REQUEST_THRESHOLD: '3' }, { slowRequestMs: 5 }).slowRequests.defaultMs).toBe(5);
  expect(of({ BELLWETHER_THRESHOLDS: 'lax' }).problems).toEqual([
    'BELLWETHER_THRESHOLDS should be strict, balanced, relaxed, not "lax"; using balanced',
  ]);
});

test('thresholds are series that alert rules compare with', () => {
  const metrics = new Metrics();
  publishThresholds(metrics, readConfig({}, { API_P95_THRESHOLD_MS: '500' }));
  const points = [...metrics.all.values()].flatMap(({ definition, points: all }) =>
    [...all.values()].map(
      point => `${definition.name} ${[...seriesLabels(point, 'gauge').values()].join()} ${point.value}`,
    ),
  );
  expect(points).toContain('bellwether.threshold api.p95 0.5');
  expect(points).toContain('bellwether.threshold.share db.pool.utilization 0.8');
});

test('[B7] without traces, metrics and errors still go out', () => {
  const { sent } = readConfig({}, { TRANSACTION_TRACE_ENABLED: 'false' }).destinations;
  expect(sent[0]?.signals).toEqual(['logs', 'metrics']);
});
