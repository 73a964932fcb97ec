import type { StatusAnswer } from '@bellwether/model';
import { expect, test } from 'vitest';
import { findingsText, statusFindings } from './doctor.js';

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
  disk: { walBytes: 5_000_000, blocksBytes: 90_000, storeBytes: 7 * 1024 ** 3, freeBytes: 1024 ** 3, budget: null },
};

test('an instance that nobody sends to says how to send', async () => {
  await expect(`${findingsText(statusFindings(quiet, nowMs))}\n`).toMatchFileSnapshot('golden/doctor-quiet.txt');
});

test('a busy one says who sends, what was refused and why, whose clock is wrong, and that the disk fills up', async () => {
  await expect(`${findingsText(statusFindings(busy, nowMs))}\n`).toMatchFileSnapshot('golden/doctor-busy.txt');
});
