import type { ReceiverStatus } from '../handover/messages.js';

/** What a receiver says that has done nothing yet, but for what is given. */
export const receiverStatus = (given: Partial<ReceiverStatus>): ReceiverStatus => ({
  startedAtMs: 0,
  otlpHttp: undefined,
  otlpGrpc: undefined,
  signals: [],
  rejections: [],
  ledger: { sinceMs: 0, rows: [], requests: [] },
  senders: [],
  overflows: [],
  scrapeTargets: [],
  walBytes: 0,
  blocksBytes: 0,
  metricsText: '',
  ...given,
});

/** A target of a workspace that is up; its job is its host, too. */
export const scrapeTarget = (workspace: string, job: string): ReceiverStatus['scrapeTargets'][number] => ({
  workspace,
  job,
  url: `http://${job}:9100/metrics`,
  state: 'up',
  lastScrapeMs: 0,
  lastDurationMs: 0,
  samples: 1,
  error: undefined,
  rejected: 0,
  rejectedReason: '',
});
