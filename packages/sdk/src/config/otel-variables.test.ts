import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from './config.js';
import { unreadOtelVariables } from './otel-variables.js';

type Environment = Record<string, string>;

const signals = ['', 'TRACES_', 'METRICS_', 'LOGS_'];
const exporter = ['ENDPOINT', 'HEADERS', 'COMPRESSION', 'PROTOCOL', 'INSECURE', 'CERTIFICATE', 'CLIENT_KEY'];

/** What OpenTelemetry's specification lists, with a value that is not the default, and what it has to be read beside. */
const variables: readonly (readonly [key: string, value: string, beside?: Environment])[] = [
  ['OTEL_SDK_DISABLED', 'true'],
  ['OTEL_ENTITIES', 'service{service.name=a}'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team=a'],
  ['OTEL_SERVICE_NAME', 'a'],
  ['OTEL_LOG_LEVEL', 'debug'],
  ['OTEL_PROPAGATORS', 'b3'],
  ['OTEL_TRACES_SAMPLER', 'always_off'],
  ['OTEL_TRACES_SAMPLER_ARG', '0.5', { OTEL_TRACES_SAMPLER: 'traceidratio' }],
  ...['BSP', 'BLRP'].flatMap(processor =>
    ['SCHEDULE_DELAY', 'EXPORT_TIMEOUT', 'MAX_QUEUE_SIZE', 'MAX_EXPORT_BATCH_SIZE'].map(
      name => [`OTEL_${processor}_${name}`, '100'] as const,
    ),
  ),
  ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '100'],
  ['OTEL_ATTRIBUTE_COUNT_LIMIT', '10'],
  ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', '100'],
  ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '10'],
  ['OTEL_SPAN_EVENT_COUNT_LIMIT', '10'],
  ['OTEL_SPAN_LINK_COUNT_LIMIT', '10'],
  ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', '10'],
  ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', '10'],
  ['OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', '100'],
  ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', '10'],
  ...signals.flatMap(signal => exporter.map(name => [`OTEL_EXPORTER_OTLP_${signal}${name}`, valueOf(name)] as const)),
  ...signals.map(signal => [`OTEL_EXPORTER_OTLP_${signal}CLIENT_CERTIFICATE`, '/a.pem'] as const),
  ...signals.map(signal => [`OTEL_EXPORTER_OTLP_${signal}TIMEOUT`, '5000'] as const),
  ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta', { BELLWETHER_DESTINATIONS: 'otlp' }],
  ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', 'explicit_bucket_histogram'],
  ['OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'http://127.0.0.1:9411'],
  ['OTEL_EXPORTER_ZIPKIN_TIMEOUT', '5000'],
  ['OTEL_EXPORTER_PROMETHEUS_HOST', '0.0.0.0', { BELLWETHER_DESTINATIONS: 'prometheus' }],
  ['OTEL_EXPORTER_PROMETHEUS_PORT', '9999', { BELLWETHER_DESTINATIONS: 'prometheus' }],
  ['OTEL_TRACES_EXPORTER', 'none'],
  ['OTEL_METRICS_EXPORTER', 'none'],
  ['OTEL_LOGS_EXPORTER', 'none'],
  ['OTEL_METRICS_EXEMPLAR_FILTER', 'always_on'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '60000'],
  ['OTEL_METRIC_EXPORT_TIMEOUT', '5000'],
  ['OTEL_CONFIG_FILE', '/otel.yaml'],
  ['OTEL_EXPERIMENTAL_CONFIG_FILE', '/otel.yaml'],
  ['OTEL_SEMCONV_STABILITY_OPT_IN', 'http'],
  ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'http'],
  ['OTEL_NODE_DISABLED_INSTRUMENTATIONS', 'http'],
  ['OTEL_NODE_RESOURCE_DETECTORS', 'env'],
];

function valueOf(name: string): string {
  if (name === 'ENDPOINT') return 'http://otlp.example:4318';
  if (name === 'HEADERS') return 'x-a=b';
  return name === 'COMPRESSION' ? 'gzip' : name === 'PROTOCOL' ? 'grpc' : '/a.pem';
}

const cases = variables.map(([key, value, beside = {}]) => {
  const isOfEndpoint = /^OTEL_EXPORTER_OTLP_(?:HEADERS|COMPRESSION)$/.test(key);
  return {
    key,
    value,
    beside: isOfEndpoint ? { ...beside, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' } : beside,
  };
});

const shown = (environment: Environment): string => {
  const { destinations, ...rest } = readConfig({}, environment);
  const headers = destinations.sent.map(each => Object.keys(each.headers));
  return inspect({ destinations, headers, ...rest }, { depth: 9 });
};

test.each(cases)('[A9] $key has an effect, or an answer that says what took its place', ({ key, value, beside }) => {
  const { keysOfOthers, problems } = readConfig({}, { ...beside, [key]: value });
  const isAnswered = keysOfOthers.some(each => each.key === key);
  const hasEffect = shown({ ...beside, [key]: value }) !== shown(beside);
  expect([isAnswered || hasEffect, problems]).toEqual([true, []]);
});

test('every variable that is answered in words is one of the specification, once', () => {
  const answered = unreadOtelVariables.flatMap(({ keys }) => keys);
  const known = new Set(variables.map(([key]) => key));
  expect(answered.filter(key => !known.has(key))).toEqual([]);
  expect(new Set(answered).size).toBe(answered.length);
});

test('limits of one kind of record go before the general ones; a bad one is named', () => {
  const general = { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '50', OTEL_ATTRIBUTE_COUNT_LIMIT: '7' };
  expect(readConfig({}, general).limits).toMatchObject({ spanValueChars: 50, logValueChars: 50, spanAttributes: 7 });
  const spans = { ...general, OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '60', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '8' };
  expect(readConfig({}, spans).limits).toMatchObject({ spanValueChars: 60, logValueChars: 50, spanAttributes: 8 });
  expect(readConfig({}, { OTEL_SPAN_EVENT_COUNT_LIMIT: 'many' }).problems).toEqual([
    'OTEL_SPAN_EVENT_COUNT_LIMIT should be a whole number, not "many"; using 128',
  ]);
});
