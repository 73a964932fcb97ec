import { z } from 'zod';
import { answerSteps, callFigures, callerRow } from './databases.js';
import { epochMs, timeRange } from './time-range.js';

/** GET /api/bw/v1/external?from&to&env&vendor&cmpFrom&cmpTo — services of others, as ours call them. */
export const externalQuery = timeRange.extend({
  env: z.string().optional(),
  /** Operations and callers of one alone, by its name: `stripe`, `api.example.com:443`. */
  vendor: z.string().max(1000).optional(),
  cmpFrom: epochMs.optional(),
  cmpTo: epochMs.optional(),
});

const values = z.array(z.number().nullable());

export const vendorRow = callFigures.extend({
  name: z.string(),
  services: z.array(z.string()),
  /** Of the time that the calling services took for their requests, 0 to 1; above 1 where calls run side by side. */
  share: z.number().nullable(),
  p95Change: z.number().nullable(),
  /** Of the calls that were looked at, 0 to 1; null when none was. */
  timeoutRatio: z.number().nullable(),
  /** Requests that were made again, per call that was looked at. */
  retriesPerCall: z.number().nullable(),
  spark: values,
});

export const vendorOperation = callFigures.extend({
  vendor: z.string(),
  operation: z.string(),
  services: z.array(z.string()),
  p95Change: z.number().nullable(),
});

export const externalAnswer = answerSteps.extend({
  vendors: z.array(vendorRow),
  operations: z.array(vendorOperation),
  /** Time taken per second, of those that take most. */
  load: z.array(z.object({ name: z.string(), busy: values })),
  /** How calls failed, of those that were looked at: status or class of the error. */
  failures: z.array(z.object({ vendor: z.string(), reason: z.string(), calls: z.number(), traceId: z.string() })),
  /** Requests of ours that make calls. */
  callers: z.array(callerRow.extend({ vendor: z.string() })),
  /** The newest calls that were looked at for timeouts, retries, failures and callers. */
  looked: z.object({ calls: z.number(), fromMs: epochMs, toMs: epochMs }),
});

export type ExternalAnswer = z.infer<typeof externalAnswer>;
export type VendorRow = z.infer<typeof vendorRow>;
export type VendorOperation = z.infer<typeof vendorOperation>;
