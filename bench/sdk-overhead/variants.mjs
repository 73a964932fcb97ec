// How each agent is switched on, as its own guide says; `sink` is the port that takes what it sends.
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
};
