import { z } from 'zod';
import { answerSteps } from './databases.js';
import { epochMs, timeRange } from './time-range.js';

/** Of whom: one environment, one service, one tenant of yours, or those that pay for one plan. */
const scope = {
  env: z.string().optional(),
  service: z.string().max(1000).optional(),
  tenant: z.string().max(1000).optional(),
  plan: z.string().max(256).optional(),
};

const maxSteps = 10;
const longestWindowSeconds = 90 * 86_400;
const longestName = 256;

/**
 * GET /api/bw/v1/active-users?to&days&env&service&tenant&events — people who did something, over 1, 7 and 30 days. `events`: names to count as activity, with commas
 * between them; all that name a person without.
 */
export const activeUsersQuery = z.object({
  ...scope,
  to: epochMs,
  /** So many days of the course. */
  days: z.coerce.number().int().min(1).max(90).default(30),
  events: z.string().max(4000).default(''),
  /** Who is counted: people, or tenants. */
  count: z.enum(['users', 'tenants'], { error: 'must be users or tenants' }).default('users'),
});

const activeUsers = z.object({
  daily: z.number(),
  weekly: z.number(),
  monthly: z.number(),
  /** Daily to monthly, 0 to 1; null without anybody. */
  stickiness: z.number().nullable(),
});

export const activeUsersAnswer = activeUsers.extend({
  /** The same at the end of each day of the course, oldest first: whole days before `to`. */
  days: z.array(activeUsers.extend({ atMs: epochMs })),
  /** Tenants by their people of the last 30 days, most first. */
  tenants: z.array(z.object({ tenant: z.string(), daily: z.number(), weekly: z.number(), monthly: z.number() })),
  /** Plans likewise, by what `setTenant` says of them. */
  plans: z.array(z.object({ plan: z.string(), daily: z.number(), weekly: z.number(), monthly: z.number() })),
});

/** GET /api/bw/v1/usage?from&to&env&service&tenant — business events and features by how much they are used. */
export const usageQuery = timeRange.extend(scope);

const usageRow = z.object({
  /** `keyword-research`, `lifecycle.registered`, `order.created`: as the steps of a funnel are named. */
  name: z.string(),
  /** The log records' event name. */
  event: z.string(),
  events: z.number(),
  users: z.number(),
  tenants: z.number(),
  /** Of the people that did anything, 0 to 1; null without anybody. */
  adoption: z.number().nullable(),
  lastMs: epochMs,
  /** Events per step. */
  trend: z.array(z.number()),
});

export const usageAnswer = answerSteps.extend({
  users: z.number(),
  tenants: z.number(),
  usage: z.array(usageRow),
  /** There are more names than are listed. */
  truncated: z.boolean(),
});

/** GET /api/bw/v1/funnel?from&to&steps&windowSeconds — how many people went from step to step, in this order and within the window. */
export const funnelQuery = timeRange.extend({
  ...scope,
  /** Names as `usage` tells them, with commas between them. */
  steps: z.string().transform((value, context) => {
    const names = value.split(',').map(name => name.trim());
    if (names.length < 2 || names.length > maxSteps || names.some(name => name === '' || name.length > longestName)) {
      context.addIssue({ code: 'custom', message: `needs 2 to ${maxSteps} names of events, with commas between them` });
      return z.NEVER;
    }
    return names;
  }),
  windowSeconds: z.coerce.number().int().min(1).max(longestWindowSeconds).default(86_400),
  /** Also for each plan or tenant apart. */
  by: z.enum(['plan', 'tenant'], { error: 'must be plan or tenant' }).optional(),
});

export const funnelAnswer = z.object({
  steps: z.array(
    z.object({
      name: z.string(),
      users: z.number(),
      /** Of those of the first step, 0 to 1; null when nobody began. */
      ofFirst: z.number().nullable(),
      /** Of those of the step before; null for the first, and when nobody was there. */
      ofPrevious: z.number().nullable(),
    }),
  ),
  /** With `by`: people per step of each plan or tenant, those with the most first; '' is nobody's. */
  groups: z.array(z.object({ name: z.string(), users: z.array(z.number()) })),
});

export type ActiveUsersAnswer = z.infer<typeof activeUsersAnswer>;
export type UsageAnswer = z.infer<typeof usageAnswer>;
export type FunnelAnswer = z.infer<typeof funnelAnswer>;
