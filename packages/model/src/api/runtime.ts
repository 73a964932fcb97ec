import { z } from 'zod';
import { answerSteps } from './databases.js';
import { epochMs, timeRange } from './time-range.js';

/** GET /api/bw/v1/services/:service/runtime?from&to&env — the processes of a service. */
export const runtimeQuery = timeRange.extend({ env: z.string().optional() });

const values = z.array(z.number().nullable());

/** One process, in the last hour of the range; what nobody tells is null. */
export const instanceRow = z.object({
  instance: z.string(),
  host: z.string(),
  version: z.string(),
  lastSeen: epochMs,
  requests: z.number(),
  requestsPerSecond: z.number(),
  errorRatio: z.number().nullable(),
  p95Ms: z.number().nullable(),
  /** CPUs in use: 1 is one core all the time. */
  cpu: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** Heap in use, of where Node ends the process; 0 to 1. */
  heapShare: z.number().nullable(),
  loopUtilization: z.number().nullable(),
  loopDelayP99Ms: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
  /** How it stands out from its like: `p95 3.1 times that of the others`; '' when it does not. */
  outlier: z.string(),
});

/**
 * When something reaches its limit, if it goes on so (a straight line through the range). `rising` has a time, between `soonestSeconds` and `latestSeconds` (null: maybe never);
 * `steady` and `falling` have none; `unclear`: the course is no line, or too short; `early`: it rises, and is known for less than an hour and a tenth of the time ahead.
 */
export const limitForecast = z.object({
  what: z.enum(['disk', 'memory', 'heap', 'pool']),
  /** Which: a mount, an instance, a pool. */
  name: z.string(),
  used: z.number(),
  limit: z.number(),
  unit: z.enum(['bytes', 'connections']),
  state: z.enum(['rising', 'steady', 'falling', 'unclear', 'early', 'full']),
  seconds: z.number().nullable(),
  soonestSeconds: z.number().nullable(),
  latestSeconds: z.number().nullable(),
});

const byInstance = z.array(z.object({ instance: z.string(), values }));

export const runtimeAnswer = answerSteps.extend({
  instances: z.array(instanceRow),
  /** Of at most eight instances each. */
  cpu: byInstance,
  memory: byInstance,
  heap: byInstance,
  loopUtilization: byInstance,
  loopDelayP99: byInstance,
  /** Share of the time that collections of garbage took. */
  gc: byInstance,
  forecasts: z.array(limitForecast),
  metricsMissing: z.string(),
});

export type RuntimeAnswer = z.infer<typeof runtimeAnswer>;
export type InstanceRow = z.infer<typeof instanceRow>;
export type LimitForecast = z.infer<typeof limitForecast>;
