import { z } from 'zod';
import { epochMs, timeRange } from './time-range.js';

/** GET /api/bw/v1/traces/samples?from&to&q&env&steps&only — single spans that stand for all that match `q`. */
export const traceSamplesQuery = timeRange.extend({
  q: z.string().max(4096).default(''),
  env: z.string().optional(),
  /** Into how many steps the range is cut for `slowestOfSteps`; 0: it is not asked for. */
  steps: z.coerce.number().int().min(0).max(60).default(0),
  /** `steps`: `slowestOfSteps` alone; the others are null. A chart that shows only them reads half as much. */
  only: z.literal('steps').optional(),
});

export const traceSample = z.object({
  traceId: z.string(),
  spanId: z.string(),
  timeMs: epochMs,
  durationMs: z.number(),
  service: z.string(),
  name: z.string(),
  failed: z.boolean(),
});

export const traceSamplesAnswer = z.object({
  fastest: traceSample.nullable(),
  /** The one nearest to the median. */
  typical: traceSample.nullable(),
  slowest: traceSample.nullable(),
  /** The newest that failed. */
  failed: traceSample.nullable(),
  /** The slowest of each step that has any, oldest first. */
  slowestOfSteps: z.array(traceSample),
});

export type TraceSample = z.infer<typeof traceSample>;
export type TraceSamplesAnswer = z.infer<typeof traceSamplesAnswer>;
