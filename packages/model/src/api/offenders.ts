import { z } from 'zod';
import { timeRange } from './time-range.js';

/** GET /api/bw/v1/offenders?from&to&env&cmpFrom&cmpTo&limit — where the time of all services goes. */
export const offendersQuery = timeRange.extend({
  env: z.string().optional(),
  /** An earlier time to compare with. */
  cmpFrom: timeRange.shape.from.optional(),
  cmpTo: timeRange.shape.to.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const offenderRow = z.object({
  service: z.string(),
  /** An endpoint's operation, or what was called (`postgresql shop`). */
  name: z.string(),
  /** 'server' or 'consumer'; 'client' or 'producer' for calls. */
  kind: z.string(),
  /** What was called: 'db' | 'cache' | 'queue' | 'http' | 'other'; '' for an endpoint. */
  type: z.string(),
  /** What was called, as the spans of the calls name it: the addresses behind which a service answered, else `name` itself. */
  addresses: z.array(z.string()),
  requests: z.number(),
  requestsPerSecond: z.number(),
  errorRatio: z.number().nullable(),
  p95Ms: z.number().nullable(),
  meanMs: z.number().nullable(),
  totalMs: z.number(),
  /** Of the time of all endpoints, or of all calls: 0 to 1. */
  timeShare: z.number(),
  /** Total time now / total time in the compared period - 1; null when not compared or nothing was there. */
  totalChange: z.number().nullable(),
});

export const offendersAnswer = z.object({
  /** By total time, the most first. */
  endpoints: z.array(offenderRow),
  calls: z.array(offenderRow),
});

export type OffenderRow = z.infer<typeof offenderRow>;
export type OffendersAnswer = z.infer<typeof offendersAnswer>;
