import { z } from 'zod';
import { answerSteps, callFigures } from './databases.js';
import { timeRange } from './time-range.js';

/** GET /api/bw/v1/tasks?from&to&env&queue — every panel of the page in one answer. */
export const tasksQuery = timeRange.extend({
  env: z.string().optional(),
  /** Tasks of one queue alone. */
  queue: z.string().max(1000).optional(),
});

const values = z.array(z.number().nullable());

/**
 * When a queue will be empty, if it goes on as in the last ten minutes: `empty` now; `draining`, in so many seconds; `growing` or `standing` still, and then never;
 * `unknown` where its depth is not told.
 */
export const drainEstimate = z.object({
  state: z.enum(['empty', 'draining', 'standing', 'growing', 'unknown']),
  seconds: z.number().nullable(),
  /** Messages more per second; negative while it drains. */
  netPerSecond: z.number().nullable(),
});

export const queueRow = z.object({
  system: z.string(),
  queue: z.string(),
  /** Messages that could be worked on; null where nobody tells. */
  waiting: z.number().nullable(),
  /** Age of the one that waits longest. */
  oldestSeconds: z.number().nullable(),
  states: z.array(z.object({ state: z.string(), messages: z.number() })),
  priorities: z.array(z.object({ priority: z.string(), messages: z.number() })),
  drain: drainEstimate,
  /** Runs per second, over the range. */
  donePerSecond: z.number().nullable(),
  /** Messages sent per second, over the range, of the services that send. */
  sentPerSecond: z.number().nullable(),
  /** 0 to 1: share of what workers can do at once that they did. */
  utilization: z.number().nullable(),
  /** Over the range; null where nobody tells. */
  retries: z.number().nullable(),
  deadLetters: z.number().nullable(),
  /** Messages that wait, in equal steps over the range. */
  spark: values,
});

export const taskRow = callFigures.extend({
  system: z.string(),
  queue: z.string(),
  /** The type of the task; '' where the queue has one. */
  task: z.string(),
  services: z.array(z.string()),
  waitP50Ms: z.number().nullable(),
  waitP95Ms: z.number().nullable(),
  retries: z.number().nullable(),
  deadLetters: z.number().nullable(),
  /** Every run was counted (`metrics`), or they were read from the spans of workers. */
  source: z.enum(['metrics', 'spans']),
});

export const tasksAnswer = answerSteps.extend({
  /** Most that wait first. */
  queues: z.array(queueRow),
  tasks: z.array(taskRow),
  /** Messages that wait, of the queues with most. */
  depth: z.array(z.object({ queue: z.string(), waiting: values })),
  /** Runs per second and those that failed, of all queues shown. */
  runs: z.object({ done: values, failed: values }),
  metricsMissing: z.string(),
});

export type TasksAnswer = z.infer<typeof tasksAnswer>;
export type QueueRow = z.infer<typeof queueRow>;
export type TaskRow = z.infer<typeof taskRow>;
export type DrainEstimate = z.infer<typeof drainEstimate>;
