import { z } from 'zod';
import { epochMs, timeRange } from './time-range.js';

/** `healthy`, `degraded` (1% to 5% errors), `failing` (over 5%), `no-data`. At least 20 requests are needed to call a service anything but healthy. */
export const serviceStatus = z.enum(['healthy', 'degraded', 'failing', 'no-data']);

/** GET /api/bw/v1/services?from&to&env&cmpFrom&cmpTo */
export const servicesQuery = timeRange.extend({
  env: z.string().optional(),
  /** Start and end of the earlier period to compare with. */
  cmpFrom: epochMs.optional(),
  cmpTo: epochMs.optional(),
});

export const serviceRow = z.object({
  name: z.string(),
  status: serviceStatus,
  /** Entry spans (server and consumer) in the range. */
  requests: z.number(),
  requestsPerSecond: z.number(),
  /** 0 to 1; null without requests. */
  errorRatio: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** T = 250 ms. */
  apdex: z.number().nullable(),
  /** Requests per second in equal steps over the range, oldest first; null = no data. */
  sparkline: z.array(z.number().nullable()),
  /** The `service.version` that was seen last, and when it was first seen. */
  version: z.string(),
  versionSince: epochMs.nullable(),
  environments: z.array(z.string()),
  /** `telemetry.sdk.language` or '' when unknown. */
  language: z.string(),
  lastSeen: epochMs,
  /** The same in the compared period; null when not compared or nothing was handled then. */
  before: z
    .object({ requestsPerSecond: z.number(), errorRatio: z.number().nullable(), p95Ms: z.number().nullable() })
    .nullable(),
});

export const servicesAnswer = z.object({
  services: z.array(serviceRow),
  /** Every environment seen in the range, for the picker. */
  environments: z.array(z.string()),
});

/** GET /api/bw/v1/services/:service/overview?from&to&env&cmpFrom&cmpTo — one batch for every panel of the page. */
export const overviewQuery = timeRange.extend({
  env: z.string().optional(),
  /** Start and end of the earlier period to compare with (same length as from..to). */
  cmpFrom: epochMs.optional(),
  cmpTo: epochMs.optional(),
});

/** Parallel arrays, one entry per step; null where nothing was received. */
export const redSeries = z.object({
  /** Requests per second. */
  rate: z.array(z.number().nullable()),
  /** 0 to 1. */
  errorRatio: z.array(z.number().nullable()),
  p50Ms: z.array(z.number().nullable()),
  p95Ms: z.array(z.number().nullable()),
  p99Ms: z.array(z.number().nullable()),
  apdex: z.array(z.number().nullable()),
});

/** The same figures over the whole range. */
export const redTotals = z.object({
  requests: z.number(),
  requestsPerSecond: z.number(),
  errors: z.number(),
  errorRatio: z.number().nullable(),
  meanMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  apdex: z.number().nullable(),
});

export const endpointRow = redTotals.extend({
  /** Span name, as `GET /orders/:id`. */
  operation: z.string(),
  /** 'server' or 'consumer'. */
  kind: z.string(),
  /** Share of the service's total time, 0 to 1. */
  timeShare: z.number(),
  /** p95 in steps, for the sparkline. */
  p95Spark: z.array(z.number().nullable()),
  /** p95 now / p95 in the compared period - 1; null when not compared or no data. */
  p95Change: z.number().nullable(),
});

export const dependencyRow = z.object({
  /** What was called: `postgresql shop`, `redis`, `payments:8080`. */
  peer: z.string(),
  /** 'db' | 'cache' | 'queue' | 'http' | 'other' */
  type: z.string(),
  /** As the spans of the calls name it: the addresses behind which a service answered, else `peer` itself. */
  addresses: z.array(z.string()),
  callsPerSecond: z.number(),
  errorRatio: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p95Change: z.number().nullable(),
});

/** GET /api/bw/v1/services/:service/charts?from&to&env&cmpFrom&cmpTo — the requests of a service by step: what its overview paints first. */
export const serviceChartsAnswer = z.object({
  service: z.string(),
  status: serviceStatus,
  /** Milliseconds since 1970 of each step's start. */
  stepsMs: z.array(epochMs),
  stepMs: z.number(),
  /** The last step is still filling: draw it dashed. */
  lastStepIncomplete: z.boolean(),
  /** Rates and durations are estimates: spans stand for others, which sampling left out. Ranges of more than 15 minutes count all that was received, so only what the service did not send is estimated. */
  isScaled: z.boolean(),
  now: redSeries,
  before: redSeries.nullable(),
  totals: redTotals,
  totalsBefore: redTotals.nullable(),
  /** Request durations: counts[step][bucket], buckets from low to high. */
  heatmap: z.object({ bucketLowMs: z.array(z.number()), counts: z.array(z.array(z.number())) }),
});

/** GET /api/bw/v1/services/:service/overview?from&to&env&cmpFrom&cmpTo — its charts and all other panels. */
export const overviewAnswer = serviceChartsAnswer.extend({
  version: z.string(),
  environments: z.array(z.string()),
  instances: z.number(),
  /** e.g. `nodejs 22.4.0`, '' when unknown. */
  runtime: z.string(),
  /** Mean milliseconds per request spent in each layer ('App', then peers by time, at most 5, then 'Other'). */
  layers: z.array(z.object({ name: z.string(), ms: z.array(z.number().nullable()) })),
  endpoints: z.array(endpointRow),
  dependencies: z.array(dependencyRow),
  /** Most frequent `error.type` of failed entry spans. */
  errors: z.array(
    z.object({
      type: z.string(),
      message: z.string(),
      count: z.number(),
      firstSeen: epochMs,
      lastSeen: epochMs,
      sampleTraceId: z.string(),
    }),
  ),
  /** First sight of each version within the range: the deploy markers. */
  deploys: z.array(z.object({ version: z.string(), at: epochMs, isRollback: z.boolean() })),
  instancesSeen: z.array(z.object({ instance: z.string(), host: z.string(), version: z.string(), lastSeen: epochMs })),
  /** Signals that this service has sent in the range; panels without data say why. */
  received: z.object({ spans: z.boolean(), logs: z.boolean(), metrics: z.boolean() }),
});

export type ServiceStatus = z.infer<typeof serviceStatus>;
export type ServicesQuery = z.infer<typeof servicesQuery>;
export type ServicesAnswer = z.infer<typeof servicesAnswer>;
export type ServiceRow = z.infer<typeof serviceRow>;
export type OverviewQuery = z.infer<typeof overviewQuery>;
export type ServiceChartsAnswer = z.infer<typeof serviceChartsAnswer>;
export type OverviewAnswer = z.infer<typeof overviewAnswer>;
export type RedSeries = z.infer<typeof redSeries>;
export type RedTotals = z.infer<typeof redTotals>;
export type EndpointRow = z.infer<typeof endpointRow>;
export type DependencyRow = z.infer<typeof dependencyRow>;
