import type { StatusAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import { counterFindings, ledgerFindings, seriesFindings } from './doctor-losses.js';
import { statusFindings } from './doctor-status.js';
import type { Endpoints } from './endpoints.js';
import { findingsText } from './finding.js';
import { metricLines } from './metric-text.js';
import { readyText } from './running.js';

const nowMs = 1_800_000_000_000;

const quiet: StatusAnswer = {
  version: '0.1.0',
  startedAt: nowMs - 60_000,
  nowMs,
  workspace: 'default',
  demo: false,
  receiver: { connected: true, otlpHttp: 'http://localhost:4318', otlpGrpc: 'http://localhost:4317' },
  signals: {
    traces: { accepted: 0, rejected: 0, lastAcceptedAt: null, stored: false },
    logs: { accepted: 0, rejected: 0, lastAcceptedAt: null, stored: false },
    metrics: { accepted: 0, rejected: 0, lastAcceptedAt: null, stored: false },
  },
  rejections: [],
  senders: [],
  firstTraceId: null,
  scrapeTargets: [],
  disk: { walBytes: 0, blocksBytes: 0, storeBytes: 3080, freeBytes: 80 * 1024 ** 3, budget: null },
};

const busy: StatusAnswer = {
  ...quiet,
  signals: { ...quiet.signals, traces: { accepted: 123_456, rejected: 7, lastAcceptedAt: nowMs - 1500, stored: true } },
  rejections: [
    {
      at: nowMs - 200_000,
      protocol: 'otlp/http',
      reason: 'the body is not the protobuf that its content type says\u001b[2J\nok    all is well',
      remedy: 'Send the OTLP message as it is, or the content type application/json.',
      sender: '127.0.0.1 curl/8',
      count: 7,
    },
  ],
  senders: [
    {
      service: 'checkout',
      userAgent: 'bellwether-node/0.1.0',
      protocol: 'otlp/http',
      items: 123_000,
      lastSeen: nowMs - 1500,
      clockSkewMs: 40,
    },
    {
      service: '',
      userAgent: '',
      protocol: 'otlp/grpc',
      items: 456,
      lastSeen: nowMs - 9_000_000,
      clockSkewMs: 3_600_000,
    },
  ],
  scrapeTargets: [
    {
      job: 'shop',
      url: 'http://10.0.0.9:9100/metrics',
      state: 'down',
      lastScrape: nowMs - 3000,
      durationMs: 12,
      samples: 0,
      error: 'connect ECONNREFUSED 10.0.0.9:9100',
      rejected: 0,
      rejectedReason: '',
    },
  ],
  disk: { walBytes: 5_000_000, blocksBytes: 90_000, storeBytes: 7 * 1024 ** 3, freeBytes: 1024 ** 3, budget: null },
};

const endpoints: Endpoints = {
  version: '0.1.0',
  pid: 1,
  serverPid: 2,
  ui: 'http://127.0.0.1:4300',
  otlpHttp: 'http://127.0.0.1:4318',
  otlpGrpc: 'http://127.0.0.1:4317',
  datadog: '127.0.0.1:8126',
  statsd: '127.0.0.1:8125',
  fluent: '127.0.0.1:24224',
  syslog: '127.0.0.1:5514',
};

const context = { endpoints, nowMs, examples: new Map<string, string>() };

test('an instance that nobody sends to says how to send', async () => {
  await expect(`${findingsText(statusFindings(quiet, context))}\n`).toMatchFileSnapshot('golden/doctor-quiet.txt');
});

test('a busy one says who sends, what was refused and why, whose clock is wrong, and that the disk fills up', async () => {
  const examples = new Map([[busy.rejections[0]?.reason ?? '', '{"resourceSpans":']]);
  const findings = statusFindings(busy, { ...context, examples });
  await expect(`${findingsText(findings)}\n`).toMatchFileSnapshot('golden/doctor-busy.txt');
});

test('what was lost, by reason; targets that are down; metrics with too many series and the label that makes them', async () => {
  const row = 'bellwether_ledger_items_total{workspace="a",key="",protocol="sentry",signal="logs"';
  const lines = metricLines(
    [
      '# HELP bellwether_ledger_items_total Items.',
      `${row},outcome="received",reason=""} 1000`,
      `${row},outcome="stored",reason=""} 900`,
      `${row},outcome="refused",reason="not-storable"} 60`,
      `${row},outcome="dropped",reason="engine"} 30`,
      `${row},outcome="reported",reason="queue_overflow"} 7`,
      'bellwether_ledger_pending_items{workspace="a",key="",protocol="sentry",signal="logs"} 10',
      'bellwether_scrape_targets{state="up"} 2',
      'bellwether_scrape_targets{state="down"} 1',
      'bellwether_scrape_targets{state="unknown"} 0',
      'bellwether_statsd_udp_kernel_drops 12',
      'bellwether_statsd_dropped_points_total 1',
      'bellwether_statsd_gauge_overwrites_total 300000',
    ].join('\n'),
  );
  const label = { key: 'user.id', values: 48_000, examples: ['17', '18'] };
  const metric = { type: 'sum', services: ['shop'], labels: [label] };
  const findings = [
    ...ledgerFindings(lines),
    ...counterFindings(lines),
    ...seriesFindings(
      {
        series: 60_000,
        metrics: [
          { ...metric, metric: 'orders', series: 48_000 },
          { ...metric, metric: 'remote', series: 12_000 },
          { ...metric, metric: 'few', series: 12 },
        ],
        overflows: [{ metric: 'orders', limit: 10_000, points: 38_000, last: nowMs }],
      },
      10_000,
    ),
  ];
  await expect(`${findingsText(findings)}\n`).toMatchFileSnapshot('golden/doctor-losses.txt');
});

test('a start prints where to look and every address to send to', async () => {
  await expect(`${readyText(endpoints, '/data')}\n`).toMatchFileSnapshot('golden/ready.txt');
  const off = { otlpHttp: null, otlpGrpc: null, datadog: null, statsd: null, fluent: null, syslog: null };
  expect(readyText({ ...endpoints, ...off }, '/data')).not.toContain('Send');
});

test('labels with quotes, and lines that are none, do not disturb the reading of metrics', () => {
  expect(metricLines('a{b="x\\"y,c=\\"",d="e"} 1\n\n# a\nno line\nb 2e3\n')).toEqual([
    {
      name: 'a',
      labels: new Map([
        ['b', 'x\\"y,c=\\"'],
        ['d', 'e'],
      ]),
      value: 1,
    },
    { name: 'b', labels: new Map(), value: 2000 },
  ]);
});
