import { z } from 'zod';
import { epochMs, timeRange } from './time-range.js';

/** A query's name in addresses: see `queryHash`. */
export const queryId = z.string().regex(/^[0-9a-f]{16}$/, 'the id of a query is 16 hex digits');

/** GET /api/bw/v1/databases?from&to&env&db&cmpFrom&cmpTo — every panel of the page in one answer. */
export const databasesQuery = timeRange.extend({
  env: z.string().optional(),
  /** Load, queries, pools and collections of one database alone, by its name: `postgresql shop`. */
  db: z.string().max(1000).optional(),
  /** Start and end of an earlier period to compare with. */
  cmpFrom: epochMs.optional(),
  cmpTo: epochMs.optional(),
});

/** Calls of a store or a service, over the whole range. */
export const callFigures = z.object({
  calls: z.number(),
  callsPerSecond: z.number(),
  errors: z.number(),
  /** 0 to 1; null without calls. */
  errorRatio: z.number().nullable(),
  meanMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** Calls in work at once, on the average: the time that they took, by the time that passed. */
  busy: z.number(),
});

export const databaseRow = callFigures.extend({
  /** `postgresql shop`: system and namespace, as spans name it. */
  name: z.string(),
  system: z.string(),
  namespace: z.string(),
  services: z.array(z.string()),
  /** Share of the time that all databases took, 0 to 1. */
  share: z.number(),
});

export const queryRow = callFigures.extend({
  database: z.string(),
  /** The span's name, which is the query's summary where the sender follows OpenTelemetry: `SELECT orders`. */
  summary: z.string(),
  hash: queryId,
  services: z.array(z.string()),
  /** Rows of an answer, on the average; null where no sender counts them. */
  rowsPerCall: z.number().nullable(),
  /** Share of the time of the databases that are shown, 0 to 1. */
  share: z.number(),
  /** `busy` in equal steps over the range. */
  spark: z.array(z.number().nullable()),
  /** p95 now / p95 before - 1; null when not compared or without data. */
  p95Change: z.number().nullable(),
});

/** A connection pool of one process, at the end of the range. */
export const poolRow = z.object({
  /** `host:port/database`. */
  pool: z.string(),
  system: z.string(),
  /** Service and instance that hold it. */
  service: z.string(),
  instance: z.string(),
  used: z.number(),
  idle: z.number().nullable(),
  /** null: no limit is told. */
  max: z.number().nullable(),
  /** Most that was used at once in the range, as a share of the limit; null without limit. */
  peak: z.number().nullable(),
  pending: z.number().nullable(),
  /** Over the range. */
  waitP95Ms: z.number().nullable(),
  timeouts: z.number().nullable(),
});

export const collectionRow = z.object({
  system: z.string(),
  namespace: z.string(),
  collection: z.string(),
  /** The database's own estimate. */
  rows: z.number(),
  /** Rows more than at the start of the range; null when it was not told then. */
  grown: z.number().nullable(),
});

/** Values in the steps of the answer; null where nothing is known. */
const values = z.array(z.number().nullable());

/** The steps of an answer's series. */
export const answerSteps = z.object({
  /** Milliseconds since 1970 of each step's start. */
  stepsMs: z.array(epochMs),
  stepMs: z.number(),
  lastStepIncomplete: z.boolean(),
});

export const databasesAnswer = answerSteps.extend({
  databases: z.array(databaseRow),
  /** Most time first, at most 200. */
  queries: z.array(queryRow),
  /** Calls in work at once by query: those that take most, then the rest as `Other`. */
  load: z.array(z.object({ name: z.string(), database: z.string(), busy: values })),
  pools: z.array(poolRow),
  /** Of all pools together. */
  connections: z.object({ used: values, idle: values, pending: values, max: values }),
  collections: z.array(collectionRow),
  /** Collections and rows of each database that tells them. */
  collectionTotals: z.array(
    z.object({ system: z.string(), namespace: z.string(), collections: z.number(), rows: z.number() }),
  ),
  /** Why figures that come from metrics are missing; '' when none are. */
  metricsMissing: z.string(),
});

/** GET /api/bw/v1/databases/:name/queries/:hash?from&to&env&cmpFrom&cmpTo */
export const databaseQueryQuery = databasesQuery.omit({ db: true });

export const callSeries = z.object({
  rate: values,
  errorRatio: values,
  meanMs: values,
  p50Ms: values,
  p95Ms: values,
  p99Ms: values,
});

/** Who makes a call: the request or message that its service was handling. */
export const callerRow = z.object({
  service: z.string(),
  /** `GET /orders/:id`; '' when the call belonged to no request. */
  operation: z.string(),
  /** Calls among those that were looked at, and requests that made them. */
  calls: z.number(),
  requests: z.number(),
  share: z.number(),
  meanMs: z.number(),
  traceId: z.string(),
});

export const callSample = z.object({
  /** Why it is shown. */
  which: z.enum(['fast', 'typical', 'slow', 'failed', 'newest']),
  traceId: z.string(),
  spanId: z.string(),
  timeMs: epochMs,
  durationMs: z.number(),
  service: z.string(),
  rows: z.number().nullable(),
  isFailed: z.boolean(),
});

export const databaseQueryAnswer = answerSteps.extend({
  database: z.string(),
  system: z.string(),
  namespace: z.string(),
  summary: z.string(),
  hash: queryId,
  totals: callFigures,
  totalsBefore: callFigures.nullable(),
  now: callSeries,
  before: callSeries.nullable(),
  /** Durations: counts[step][bucket], buckets from low to high. */
  heatmap: z.object({ bucketLowMs: z.array(z.number()), counts: z.array(z.array(z.number())) }),
  services: z.array(z.object({ service: z.string(), calls: z.number(), share: z.number() })),
  /** The newest calls that were looked at for what follows. */
  looked: z.object({ calls: z.number(), fromMs: epochMs, toMs: epochMs }),
  callers: z.array(callerRow),
  texts: z.array(
    z.object({
      text: z.string(),
      calls: z.number(),
      meanMs: z.number(),
      maxMs: z.number(),
      rowsPerCall: z.number().nullable(),
    }),
  ),
  /** Lines of code that sent it, where they were noted. */
  places: z.array(z.object({ service: z.string(), place: z.string(), called: z.string(), calls: z.number() })),
  orms: z.array(z.object({ orm: z.string(), model: z.string(), operation: z.string(), calls: z.number() })),
  samples: z.array(callSample),
  plans: z.array(z.object({ timeMs: epochMs, traceId: z.string(), service: z.string(), plan: z.string() })),
});

export type DatabasesAnswer = z.infer<typeof databasesAnswer>;
export type DatabaseRow = z.infer<typeof databaseRow>;
export type QueryRow = z.infer<typeof queryRow>;
export type PoolRow = z.infer<typeof poolRow>;
export type CollectionRow = z.infer<typeof collectionRow>;
export type CallFigures = z.infer<typeof callFigures>;
export type CallSeries = z.infer<typeof callSeries>;
export type CallerRow = z.infer<typeof callerRow>;
export type CallSample = z.infer<typeof callSample>;
export type DatabaseQueryAnswer = z.infer<typeof databaseQueryAnswer>;
