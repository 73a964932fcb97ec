import { z } from 'zod';
import { epochMs, epochNs, spanIdHex, timeRange, traceIdHex } from './time-range.js';

/** The fingerprint of a finding as 16 hex digits: the same kind at the same place. */
export const findingId = z.string().regex(/^[0-9a-f]{16}$/, 'the id of a finding is 16 hex digits');

/** What is looked for in traces; `docs/guide/findings.md` tells of each. */
export const findingKind = z.enum([
  'n-plus-one-sql',
  'n-plus-one-http',
  'n-plus-one-cache',
  'sequential-awaits',
  'slow-query',
  'unbounded-result',
  'missing-pagination',
  'chatty-service',
  'retry-storm',
  'pool-starvation',
  'blocked-event-loop',
  'oversized-payload',
]);

/** `open`; `resolved` and `ignored` as somebody said; `regressed`: it was seen again after it was resolved. */
export const findingState = z.enum(['open', 'regressed', 'resolved', 'ignored']);

/** GET /api/bw/v1/findings?from&to&env&service&kind&state&q&limit — what is wrong with how traces run, the costliest first. */
export const findingsQuery = timeRange.extend({
  env: z.string().optional(),
  service: z.string().max(1000).optional(),
  kind: findingKind.optional(),
  /** `unresolved`: open and regressed ones. */
  state: z.enum(['unresolved', 'resolved', 'ignored', 'all']).default('unresolved'),
  /** Words that stand in the title, the route, the subject or the place, in any order. */
  q: z.string().max(1000).default(''),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const findingRow = z.object({
  id: findingId,
  kind: findingKind,
  /** The kind in words. */
  title: z.string(),
  state: findingState,
  /** When it was resolved or ignored; null when it is open. */
  stateSinceMs: epochMs.nullable(),
  service: z.string(),
  /** `GET /orders/:id`: the request or job that it was seen in. */
  route: z.string(),
  /** What it is about: a statement's summary, a host, a file. */
  subject: z.string(),
  /** `/srv/app/src/orders.ts:12`; '' when no span tells. */
  place: z.string(),
  /** `postgresql shop`: whose query it is about; '' when it is about none. */
  database: z.string(),
  /** `prisma`; '' when no span tells. */
  orm: z.string(),
  /** Requests and jobs in the range that had it; where only some traces are kept or looked at, what they stand for. */
  requests: z.number(),
  /** How often in such a request, on average. */
  timesEach: z.number(),
  /** The time that it costs such a request, at a guess. */
  lostMsEach: z.number(),
  /** What the range comes to in a day. */
  lostMsPerDay: z.number(),
  requestsPerDay: z.number(),
  /** Different `tenant.id`. */
  tenants: z.number(),
  /** In the range. */
  firstMs: epochMs,
  lastMs: epochMs,
  /** The first time of all that is kept. */
  firstEverMs: epochMs,
  /** Requests in equal steps over the range, oldest first. */
  sparkline: z.array(z.number()),
});

export const findingsAnswer = z.object({
  findings: z.array(findingRow),
  /** How many there are; more than are listed when `limit` was met. */
  total: z.number(),
  states: z.object({ unresolved: z.number(), resolved: z.number(), ignored: z.number() }),
});

/** GET /api/bw/v1/findings/:id?from&to&env */
export const findingQuery = timeRange.extend({ env: z.string().optional() });

/** How to mend it, for what the application uses. */
export const findingRewrite = z.object({
  /** `Prisma: include` */
  title: z.string(),
  explanation: z.string(),
  /** '' when there is none to write. */
  code: z.string(),
});

/** One trace that shows it. */
export const findingEvidence = z.object({
  traceId: traceIdHex,
  /** The request or job in it. */
  entrySpanId: spanIdHex,
  timeNs: epochNs,
  times: z.number(),
  lostMs: z.number(),
  version: z.string(),
  tenantId: z.string(),
  /** Those that show it, at most 60. */
  spanIds: z.array(spanIdHex),
});

export const findingAnswer = z.object({
  finding: findingRow,
  /** What makes it one, in a sentence. */
  what: z.string(),
  /** Name and value: the statement, the rows, the pause between tries, ... */
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  /** The query it is about; '' for none. */
  statement: z.string(),
  rewrites: z.array(findingRewrite),
  histogram: z.object({ stepMs: z.number(), stepsMs: z.array(epochMs), counts: z.array(z.number()) }),
  /** The newest, at most 20. */
  newest: z.array(findingEvidence),
  /** Those that it cost most, at most 10. */
  worst: z.array(findingEvidence),
});

/** PUT /api/bw/v1/findings/:id/state — what somebody says of a finding. */
export const findingDecision = z.object({ state: z.enum(['open', 'resolved', 'ignored']) });
export const findingDecisionAnswer = z.object({ id: findingId, state: z.enum(['open', 'resolved', 'ignored']) });

/** POST /api/bw/v1/findings/acts — the same said of several findings, of all or none. */
export const findingActs = z.object({ ids: z.array(findingId).min(1).max(500), decision: findingDecision });
export const findingActsAnswer = z.object({ changed: z.number() });

/** GET /api/bw/v1/traces/:traceId/findings — what was found in one trace, wherever in time it is. */
export const traceFindingsAnswer = z.object({
  findings: z.array(
    z.object({
      id: findingId,
      kind: findingKind,
      title: z.string(),
      subject: z.string(),
      times: z.number(),
      lostMs: z.number(),
      timeMs: epochMs,
      spanIds: z.array(spanIdHex),
    }),
  ),
});

export type FindingKind = z.infer<typeof findingKind>;
export type FindingState = z.infer<typeof findingState>;
export type FindingsQuery = z.infer<typeof findingsQuery>;
export type FindingRow = z.infer<typeof findingRow>;
export type FindingsAnswer = z.infer<typeof findingsAnswer>;
export type FindingRewrite = z.infer<typeof findingRewrite>;
export type FindingEvidence = z.infer<typeof findingEvidence>;
export type FindingAnswer = z.infer<typeof findingAnswer>;
export type FindingActs = z.infer<typeof findingActs>;
export type FindingDecision = z.infer<typeof findingDecision>;
export type TraceFindingsAnswer = z.infer<typeof traceFindingsAnswer>;
