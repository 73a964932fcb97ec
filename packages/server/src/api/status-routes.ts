import { statfs } from 'node:fs/promises';
import { flushAnswer, statusAnswer, storageAnswer } from '@bellwether/model';
import type { StatusAnswer } from '@bellwether/model';
import type { SignalCounts, WorkspaceSignals } from '../handover/messages.js';
import type { ReceiverLink } from '../handover/receiver-link.js';
import type { SampleCache } from '../promql/sample-cache.js';
import { readStorage } from '../query/storage.js';
import { readStored } from '../query/stored.js';
import type { DiskBudget } from '../store/disk-budget.js';
import { type Route, defineRoute } from './route.js';

export interface StatusFacts {
  readonly receiver: ReceiverLink;
  readonly version: string;
  readonly startedAtMs: number;
  readonly demo: boolean;
  readonly dataDir: string;
  /** Dashboards beside the built-in ones and those that are saved here. */
  readonly dashboardsFolder?: string | undefined;
  /** Undefined: the store may take what there is. */
  readonly budget?: DiskBudget | undefined;
  /** Samples that queries ask for again and again, kept by whoever says what is written; without, they are read each time. */
  readonly sampleCache?: SampleCache | undefined;
  /** How long each signal is kept; 30 days unless said. */
  readonly retentionDays?: Readonly<Record<'traces' | 'logs' | 'metrics', number>>;
}

function budgetAnswer(budget: DiskBudget | undefined): StatusAnswer['disk']['budget'] {
  const state = budget?.state();
  if (state === undefined) return null;
  const { oldestDay, lastDroppedAtMs, ...rest } = state;
  return { ...rest, oldestDay: oldestDay ?? null, lastDroppedAt: lastDroppedAtMs ?? null };
}

const defaultRetentionDays = { traces: 30, logs: 30, metrics: 30 };

const none: SignalCounts = { accepted: 0, rejected: 0, lastAcceptedAtMs: undefined };

export function statusRoutes(facts: StatusFacts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/status',
      summary: 'What is received and stored, from whom, and what was refused.',
      answer: statusAnswer,
      async handle(_, { asker, nowMs }) {
        const received = facts.receiver.status();
        const isOwn = (row: { readonly workspace: string }): boolean => row.workspace === asker.scope.workspace;
        const signalsOf = (workspace: string): WorkspaceSignals['signals'] | undefined =>
          received?.signals.find(row => row.workspace === workspace)?.signals;
        const [stored, disk] = await Promise.all([readStored(asker), statfs(facts.dataDir)]);
        const signal = (name: 'traces' | 'logs' | 'metrics'): StatusAnswer['signals']['traces'] => {
          const counts = signalsOf(asker.scope.workspace)?.[name] ?? none;
          return {
            accepted: counts.accepted,
            // What was refused before it was known whose it is may be the asker's, as below.
            rejected: counts.rejected + (signalsOf('')?.[name].rejected ?? 0),
            lastAcceptedAt: counts.lastAcceptedAtMs ?? null,
            stored: stored[name],
          };
        };
        return {
          version: facts.version,
          startedAt: facts.startedAtMs,
          nowMs,
          workspace: asker.scope.workspace,
          demo: facts.demo,
          receiver: {
            connected: facts.receiver.connected(),
            otlpHttp: received?.otlpHttp ?? null,
            otlpGrpc: received?.otlpGrpc ?? null,
          },
          signals: { traces: signal('traces'), logs: signal('logs'), metrics: signal('metrics') },
          // What was refused before it was known whose it is (a wrong key) is everybody's: its sender looks for it here.
          rejections: (received?.rejections ?? [])
            .filter(row => row.workspace === '' || isOwn(row))
            .toSorted((a, b) => b.atMs - a.atMs)
            .slice(0, 50)
            .map(({ atMs, protocol, reason, remedy, sender, count }) => ({
              at: atMs,
              protocol,
              reason,
              remedy,
              sender,
              count,
            })),
          senders: (received?.senders ?? [])
            .filter(isOwn)
            .map(({ service, userAgent, protocol, items, lastSeenMs, clockSkewMs }) => ({
              service,
              userAgent,
              protocol,
              items,
              lastSeen: lastSeenMs,
              clockSkewMs: clockSkewMs ?? null,
            })),
          scrapeTargets: (received?.scrapeTargets ?? [])
            .filter(isOwn)
            .map(({ job, url, state, samples, rejected, rejectedReason, lastScrapeMs, lastDurationMs, error }) => ({
              job,
              url,
              state,
              samples,
              rejected,
              rejectedReason,
              lastScrape: lastScrapeMs === undefined ? null : Math.round(lastScrapeMs),
              durationMs: lastDurationMs ?? null,
              error: error ?? null,
            })),
          firstTraceId: stored.traceId ?? null,
          disk: {
            walBytes: received?.walBytes ?? 0,
            blocksBytes: received?.blocksBytes ?? 0,
            storeBytes: stored.storeBytes,
            freeBytes: disk.bavail * disk.bsize,
            budget: budgetAnswer(facts.budget),
          },
          ...(facts.sampleCache !== undefined && { promqlCache: facts.sampleCache.facts }),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/bw/v1/storage',
      summary: 'What each signal takes on disk, and what it will take at its retention.',
      answer: storageAnswer,
      handle: (_, { asker, nowMs }) => readStorage(asker, facts.retentionDays ?? defaultRetentionDays, nowMs),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/bw/v1/flush',
      summary: 'Answers when all that was acknowledged before it can be queried.',
      answer: flushAnswer,
      async handle(_, { asker }) {
        const { upTo } = await facts.receiver.flush(asker.signal);
        return { flushedUpTo: upTo };
      },
    }),
  ];
}
