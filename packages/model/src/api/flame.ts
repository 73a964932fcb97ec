import { z } from 'zod';
import { epochMs, timeRange } from './time-range.js';

/** GET /api/bw/v1/flame?from&to&env&q&cmpFrom&cmpTo — traces of a search, merged by the path of their calls. */
export const flameQuery = timeRange.extend({
  q: z.string().max(4096).default(''),
  env: z.string().optional(),
  /** An earlier period to compare with. */
  cmpFrom: epochMs.optional(),
  cmpTo: epochMs.optional(),
});

/** Frame i is entry i of every array; callers stand before what they call. Times are per trace, in microseconds. */
const flameColumns = z.object({
  /** Index of the caller, -1 for a root. */
  parent: z.array(z.number()),
  /** Index into `names`. */
  name: z.array(z.number()),
  /** Index into `services`. */
  service: z.array(z.number()),
  /** Spans of the path, of all traces. */
  count: z.array(z.number()),
  errors: z.array(z.number()),
  /** Time in the span, and of it that no child of it was running. */
  totalUs: z.array(z.number()),
  selfUs: z.array(z.number()),
  /** Time in the span in the earlier period; null without one. */
  beforeUs: z.array(z.number()).nullable(),
});

export const flameAnswer = z.object({
  names: z.array(z.string()),
  services: z.array(z.string()),
  frames: flameColumns,
  /** How many traces were merged, and of the earlier period; the newest ones that match, at most 300. */
  traces: z.number(),
  tracesBefore: z.number().nullable(),
  /** There were more traces, spans or paths than were merged. */
  isPartial: z.boolean(),
});

export type FlameAnswer = z.infer<typeof flameAnswer>;
