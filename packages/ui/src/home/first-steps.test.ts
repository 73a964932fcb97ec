import type { StatusAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import { checks, hasData, skewedSenders, snippets } from './first-steps.js';

const none = { accepted: 0, rejected: 0, lastAcceptedAt: null, stored: false };
const now = Date.parse('2026-11-21T14:00:00Z');

const fresh: StatusAnswer = {
  version: '0.1.0',
  startedAt: now,
  nowMs: now,
  workspace: 'default',
  demo: false,
  receiver: { connected: true, otlpHttp: 'http://127.0.0.1:4318', otlpGrpc: 'http://127.0.0.1:4317' },
  signals: { traces: none, logs: none, metrics: none },
  rejections: [],
  senders: [],
  firstTraceId: null,
  scrapeTargets: [],
  disk: { walBytes: 0, blocksBytes: 0, storeBytes: 0, freeBytes: 0, budget: null },
};

test('a fresh installation listens and waits', () => {
  expect(hasData(fresh)).toBe(false);
  expect(checks(fresh)).toEqual([
    { name: 'Endpoint', state: 'done', detail: 'Listening on http://127.0.0.1:4318 and http://127.0.0.1:4317' },
    { name: 'Traces', state: 'waiting', detail: 'Waiting for the first span' },
    { name: 'Logs', state: 'waiting', detail: 'Waiting for the first log line' },
    { name: 'Metrics', state: 'waiting', detail: 'Waiting for the first sample' },
  ]);
});

test('each check ticks when its signal arrives, and says when all of it was refused', () => {
  const signals = {
    traces: { accepted: 12_804, rejected: 3, lastAcceptedAt: now - 1000, stored: true },
    logs: { ...none, rejected: 7 },
    metrics: { ...none, stored: true },
  };
  expect(
    checks({ ...fresh, signals })
      .map(({ state, detail }) => `${state}: ${detail}`)
      .slice(1),
  ).toEqual([
    'done: 12.8k spans, the last just now',
    'failed: 7 log lines rejected: see the reasons below',
    'done: Kept from before; none since the start',
  ]);
});

test('a receiver that is away, or switched off, is the first thing to mend', () => {
  expect(checks({ ...fresh, receiver: { ...fresh.receiver, connected: false } })[0]?.state).toBe('failed');
  expect(checks({ ...fresh, receiver: { connected: true, otlpHttp: null, otlpGrpc: null } })[0]?.detail).toContain(
    'switched off',
  );
});

test('the lines to copy name the address only when it is not the usual one', () => {
  expect(snippets(fresh)[0]?.text).toBe(
    'npm install @bellwether/node && node --import @bellwether/node/register app.js',
  );
  const elsewhere = { ...fresh, receiver: { ...fresh.receiver, otlpHttp: 'http://10.0.0.5:14318' } };
  expect(snippets(elsewhere)[0]?.text).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://10.0.0.5:14318 node');
  expect(snippets(elsewhere)[2]?.text).toContain('endpoint: http://10.0.0.5:14318');
});

test('[T9] every sender that is common has its line, for the address where this installation listens', () => {
  const elsewhere = { ...fresh, receiver: { ...fresh.receiver, otlpHttp: 'http://10.0.0.5:14318' } };
  expect(
    snippets(elsewhere)
      .slice(3)
      .map(({ name, text }) => `${name}: ${text}`),
  ).toEqual([
    'Prometheus: remote_write:\n  - url: http://10.0.0.5:14318/api/v1/write',
    'Sentry: export SENTRY_DSN=http://demo@10.0.0.5:14318/1',
    'Datadog: export DD_TRACE_AGENT_URL=http://10.0.0.5:8126 DD_SERVICE=my-service',
    "StatsD: echo 'orders.placed:1|c|#service:my-service' > /dev/udp/10.0.0.5/8125",
    'Loki: clients:\n  - url: http://10.0.0.5:14318/loki/api/v1/push',
    'Zipkin: http://10.0.0.5:14318/api/v2/spans',
  ]);
});

test('a clock that is off is told', () => {
  const sender = { service: 'cart', userAgent: 'x', protocol: 'otlp', items: 1, lastSeen: now };
  const senders = [
    { ...sender, clockSkewMs: -10_800_000 },
    { ...sender, service: 'fine', clockSkewMs: 400 },
  ];
  expect(skewedSenders({ ...fresh, senders })).toEqual([{ service: 'cart', skewMs: -10_800_000 }]);
});
