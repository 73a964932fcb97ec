// How each agent is switched on, as its own guide says; `sink` is the port that takes what it sends, `tls` the same with a certificate.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export const variants = {
  bare: () => ({ flags: [], env: {} }),
  bellwether: sink => ({
    flags: ['--import', join(here, '../../packages/sdk/dist/bundle/register.js')],
    env: { BELLWETHER_URL: `http://127.0.0.1:${sink}` },
  }),
  opentelemetry: sink => ({
    flags: [
      '--experimental-loader=@opentelemetry/instrumentation/hook.mjs',
      '--import',
      '@opentelemetry/auto-instrumentations-node/register',
    ],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink}`,
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs',
    },
  }),
  datadog: sink => ({
    flags: ['--import', 'dd-trace/register.js', '--require', 'dd-trace/init'],
    env: {
      DD_TRACE_AGENT_URL: `http://127.0.0.1:${sink}`,
      DD_LOGS_INJECTION: 'true',
      DD_RUNTIME_METRICS_ENABLED: 'true',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    },
  }),
  sentry: sink => ({
    flags: ['--import', join(here, 'sentry.mjs')],
    env: { BENCH_SENTRY_DSN: `http://key@127.0.0.1:${sink}/1` },
  }),
  newrelic: (sink, tls) => ({
    flags: ['--experimental-loader=newrelic/esm-loader.mjs', '--require', 'newrelic'],
    env: {
      NEW_RELIC_NO_CONFIG_FILE: 'true',
      NEW_RELIC_APP_NAME: 'bench',
      NEW_RELIC_LICENSE_KEY: '0123456789abcdef0123456789abcdef01234567',
      NEW_RELIC_HOST: 'localhost',
      NEW_RELIC_PORT: String(tls.port),
      NEW_RELIC_LOG_ENABLED: 'false',
      NODE_EXTRA_CA_CERTS: tls.certFile,
    },
  }),
  elastic: sink => ({
    flags: ['--experimental-loader=elastic-apm-node/loader.mjs', '--require', 'elastic-apm-node/start.js'],
    env: {
      ELASTIC_APM_SERVER_URL: `http://127.0.0.1:${sink}`,
      ELASTIC_APM_SERVICE_NAME: 'bench',
      ELASTIC_APM_CENTRAL_CONFIG: 'false',
      ELASTIC_APM_CLOUD_PROVIDER: 'none',
      ELASTIC_APM_LOG_LEVEL: 'off',
    },
  }),
  'prom-client': sink => ({
    flags: ['--import', join(here, 'prom-client.mjs')],
    env: { BENCH_SCRAPER_URL: `http://127.0.0.1:${sink}/metrics` },
  }),
};
