import type { StatusAnswer } from '@bellwether/model';
import { formatAgo, formatCounted } from '../format.js';

export type Signal = keyof StatusAnswer['signals'];

export const allSignals: readonly Signal[] = ['traces', 'logs', 'metrics'];

/** What stands behind each check of the first five minutes. */
export type Check = {
  readonly name: string;
  readonly state: 'done' | 'waiting' | 'failed';
  /** What is known, or what to do. */
  readonly detail: string;
};

const names: {
  readonly [signal in Signal]: { readonly title: string; readonly item: string; readonly items: string };
} = {
  traces: { title: 'Traces', item: 'span', items: 'spans' },
  logs: { title: 'Logs', item: 'log line', items: 'log lines' },
  metrics: { title: 'Metrics', item: 'sample', items: 'samples' },
};

/** How many of the signals have ever been stored. */
export function signalsStored({ signals }: StatusAnswer): number {
  return allSignals.filter(signal => signals[signal].stored).length;
}

/** Whether anything was ever received: before that Home shows the first steps and nothing else. */
export function hasData(status: StatusAnswer): boolean {
  return signalsStored(status) > 0;
}

/** The checks in their order: can anything arrive, and what did. */
export function checks(status: StatusAnswer): readonly Check[] {
  return [endpointCheck(status), ...allSignals.map(signal => signalCheck(status, signal))];
}

function endpointCheck({ receiver }: StatusAnswer): Check {
  const name = 'Endpoint';
  if (!receiver.connected) {
    return {
      name,
      state: 'failed',
      detail: 'The receiver does not run, or runs without this server. Start both with "bellwether up".',
    };
  }
  const addresses = [receiver.otlpHttp, receiver.otlpGrpc].filter(address => address !== null);
  if (addresses.length === 0) {
    return { name, state: 'failed', detail: 'OTLP is switched off in the configuration: nothing can arrive.' };
  }
  return { name, state: 'done', detail: `Listening on ${addresses.join(' and ')}` };
}

function signalCheck(status: StatusAnswer, signal: Signal): Check {
  const { title, item, items } = names[signal];
  const { accepted, rejected, lastAcceptedAt, stored } = status.signals[signal];
  if (accepted > 0) {
    const ago = formatAgo(lastAcceptedAt, status.nowMs);
    return { name: title, state: 'done', detail: `${formatCounted(accepted, item, items)}, the last ${ago}` };
  }
  if (stored) return { name: title, state: 'done', detail: 'Kept from before; none since the start' };
  if (rejected > 0)
    return {
      name: title,
      state: 'failed',
      detail: `${formatCounted(rejected, item, items)} rejected: see the reasons below`,
    };
  return { name: title, state: 'waiting', detail: `Waiting for the first ${item}` };
}

/** One way to connect, as text to copy. */
export type Snippet = { readonly name: string; readonly text: string; readonly note: string };

const usualHttp = 'http://127.0.0.1:4318';

/** The lines to copy, for the address where this installation really listens. */
export function snippets({ receiver }: StatusAnswer): readonly Snippet[] {
  const endpoint = receiver.otlpHttp ?? usualHttp;
  const isUsual = new URL(endpoint).port === '4318' && ['127.0.0.1', 'localhost'].includes(new URL(endpoint).hostname);
  const variable = isUsual ? '' : `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} `;
  return [
    {
      name: 'Node.js',
      text: `npm install @bellwether/node && ${variable}node --import @bellwether/node/register app.js`,
      note: 'In the folder of your application; app.js is the file you start today. No change of code is needed.',
    },
    {
      name: 'OpenTelemetry',
      text: `export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf OTEL_SERVICE_NAME=my-service`,
      note: 'For anything that has an OpenTelemetry SDK, in any language.',
    },
    {
      name: 'Collector',
      text: collector(endpoint),
      note: 'Add this to the configuration of an OpenTelemetry Collector.',
    },
    ...otherSenders(endpoint),
  ];
}

/** What runs already, with one address changed. Datadog's and StatsD's ports are the usual ones. */
function otherSenders(endpoint: string): readonly Snippet[] {
  const { hostname, protocol, host } = new URL(endpoint);
  return [
    {
      name: 'Prometheus',
      text: `remote_write:\n  - url: ${endpoint}/api/v1/write`,
      note: 'Add this to prometheus.yml: Prometheus goes on as it is and sends a copy here.',
    },
    {
      name: 'Sentry',
      text: `export SENTRY_DSN=${protocol}//demo@${host}/1`,
      note: 'Or the dsn of Sentry.init. With keys, write one instead of "demo". The release names the service: shop@1.2.3.',
    },
    {
      name: 'Datadog',
      text: `export DD_TRACE_AGENT_URL=http://${hostname}:8126 DD_SERVICE=my-service`,
      note: "For dd-trace. The port is the agent's own, unless --datadog chose another.",
    },
    {
      name: 'StatsD',
      text: `echo 'orders.placed:1|c|#service:my-service' > /dev/udp/${hostname}/8125`,
      note: 'Give your StatsD client this host and port, unless --statsd chose another. Metrics are kept every ten seconds.',
    },
    {
      name: 'Loki',
      text: `clients:\n  - url: ${endpoint}/loki/api/v1/push`,
      note: 'For Promtail; Alloy, Vector and winston-loki take the same address.',
    },
    {
      name: 'Zipkin',
      text: `${endpoint}/api/v2/spans`,
      note: 'Give your Zipkin reporter this address.',
    },
  ];
}

function collector(endpoint: string): string {
  return `exporters:
  otlphttp/bellwether:
    endpoint: ${endpoint}
service:
  pipelines:
    traces: { receivers: [otlp], exporters: [otlphttp/bellwether] }
    logs: { receivers: [otlp], exporters: [otlphttp/bellwether] }
    metrics: { receivers: [otlp], exporters: [otlphttp/bellwether] }`;
}

const noticedSkewMs = 60_000;

/** Senders whose clock is off by a minute or more: their data lands in the wrong place on the time axis. */
export function skewedSenders({
  senders,
}: StatusAnswer): readonly { readonly service: string; readonly skewMs: number }[] {
  return senders.flatMap(({ service, userAgent, clockSkewMs }) => {
    if (clockSkewMs === null || Math.abs(clockSkewMs) < noticedSkewMs) return [];
    return [{ service: service === '' ? userAgent : service, skewMs: clockSkewMs }];
  });
}
