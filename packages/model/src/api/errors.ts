import { z } from 'zod';
import { plainText } from './plain-text.js';
import { epochMs, epochNs, timeRange } from './time-range.js';
import { attribute } from './traces.js';

/** The fingerprint of an error as 16 hex digits: the same for all errors that come from the same place. */
export const errorId = z.string().regex(/^[0-9a-f]{16}$/, 'the id of an error is 16 hex digits');

/** The version that an error came with: those before it had requests enough to show it, and did not. */
export const suspectRelease = z.object({
  version: z.string(),
  firstMs: epochMs,
  events: z.number(),
  requests: z.number(),
  /** Versions that were seen before it, and their requests. */
  earlierVersions: z.number(),
  earlierRequests: z.number(),
  /** '' when nobody told of the release. */
  url: z.string(),
  /** Its commits that changed a file of the stack, nearest to the top of the stack first; at most 3. */
  commits: z.array(
    z.object({
      sha: z.string(),
      author: z.string(),
      atMs: epochMs,
      message: z.string(),
      /** The changed file that the stack names. */
      file: z.string(),
    }),
  ),
});

/** GET /api/bw/v1/errors?from&to&env&service&q&sort&limit&only — errors that came from the same place are one. */
export const errorsQuery = timeRange.extend({
  env: z.string().optional(),
  service: z.string().max(1000).optional(),
  /** Words that stand in the type, the message or the place, in any order. */
  q: z.string().max(1000).default(''),
  /** `unresolved`: open and regressed ones. */
  state: z.enum(['unresolved', 'resolved', 'ignored', 'all']).default('unresolved'),
  sort: z.enum(['trouble', 'events', 'users', 'last', 'first']).default('trouble'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** `states`: how many are in which state, and who has them; of each error type, message and place are left empty, and users and tenants are 0. Reads a small part of what a list reads. */
  only: z.literal('states').optional(),
});

/** A line of a stack trace. */
export const errorFrame = z.object({
  /** The function, '' when it has no name. */
  called: z.string(),
  /** `/srv/app/pay.js:12:7`; '' when it is not known. */
  place: z.string(),
  /** Code of the service itself, not of a library or the language. */
  isOwn: z.boolean(),
  /** Lines of its source; the one at `line` is where it is. Empty when nobody sent them. */
  source: z.array(z.object({ line: z.number(), text: z.string(), isHere: z.boolean() })),
  /** Where it is in the file that ran, when a source map led elsewhere; else ''. */
  generated: z.string(),
  /** What its local variables were; empty when nobody sent them. */
  variables: z.array(z.object({ name: z.string(), value: z.string() })),
});

/**
 * `new`: first seen in the range; `rising`: in the last quarter of the range at least 10 and at least three times as often as before; `ongoing` else.
 */
export const errorTrend = z.enum(['new', 'rising', 'ongoing']);

/**
 * `open`; `resolved` and `ignored` as somebody said; `regressed`: it came again after it was resolved (in another version, when it was resolved for the next).
 * An error that is ignored until a time is open again after it.
 */
export const errorState = z.enum(['open', 'regressed', 'resolved', 'ignored']);

/** PUT /api/bw/v1/errors/:id/state — what somebody says of an error. */
export const errorDecision = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open') }),
  /** `inNextVersion`: events of the version that it came with last do not bring it back. */
  z.object({ state: z.literal('resolved'), inNextVersion: z.boolean().optional() }),
  /** Until a time, or until so many events or users came since then (with `withinMs`: within so long), whichever is first; without all of them for good. */
  z.object({
    state: z.literal('ignored'),
    untilMs: epochMs.optional(),
    untilEvents: z.number().int().min(1).max(1e9).optional(),
    untilUsers: z.number().int().min(1).max(1e9).optional(),
    withinMs: z
      .number()
      .int()
      .min(60_000)
      .max(30 * 86_400_000)
      .optional(),
  }),
]);

export const errorDecisionAnswer = z.object({ id: errorId, state: z.enum(['open', 'resolved', 'ignored']) });

/** What can be done with errors, as it is noted; `regressed` (it came again after it was resolved) and `rose` happen by themselves. */
export const errorAct = z.enum([
  'resolved',
  'ignored',
  'opened',
  'assigned',
  'commented',
  'merged',
  'taken-out',
  'split',
  'joined',
  'regressed',
  'rose',
]);

/** One thing that somebody did with an error, or that happened to it. */
export const errorActivity = z.object({
  /** Later ones have larger numbers. */
  seq: z.number(),
  error: errorId,
  atMs: epochMs,
  who: z.string(),
  act: errorAct,
  /** Says it to people; of a comment, what it says. */
  text: z.string(),
});

const owner = plainText.trim().max(200);

/** POST /api/bw/v1/errors/acts — the same for several errors, all or none. */
export const errorActs = z.object({
  ids: z.array(errorId).min(1).max(500),
  act: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('decide'), decision: errorDecision }),
    /** '' takes it from whoever has it. */
    z.object({ kind: z.literal('assign'), owner }),
    z.object({ kind: z.literal('comment'), text: plainText.trim().min(1).max(10_000) }),
    /** Counts them as `into`, from now on and for all that is kept. */
    z.object({ kind: z.literal('merge'), into: errorId }),
    /** Makes parts of an error errors of their own again. */
    z.object({ kind: z.literal('take-out') }),
    /** Makes variants of an error (`variants` of its answer) errors of their own. */
    z.object({ kind: z.literal('split'), from: errorId }),
    /** Puts what was split off back. */
    z.object({ kind: z.literal('join') }),
  ]),
});

export const errorActsAnswer = z.object({ changed: z.number() });

/** GET /api/bw/v1/errors/activity?after&limit — what was done with errors, the oldest first, from the first one after `after`; of each error the newest 500 are kept. */
export const errorActivityQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const errorActivityAnswer = z.object({ activity: z.array(errorActivity) });

export const errorRow = z.object({
  id: errorId,
  trend: errorTrend,
  state: errorState,
  /** When it was resolved or ignored; null when it is open. */
  stateSinceMs: epochMs.nullable(),
  /** When it is not ignored any more; null when it is not, or whatever the time. */
  ignoredUntilMs: epochMs.nullable(),
  /** So many events or users since then (within so long) end it too. */
  ignoredUntilEvents: z.number().nullable(),
  ignoredUntilUsers: z.number().nullable(),
  ignoredWithinMs: z.number().nullable(),
  /** Who takes care of it; '' for nobody. */
  owner: z.string(),
  /** '' when it has none. */
  type: z.string(),
  message: z.string(),
  /** The nearest frame of the service's own code: `Order.pay (/srv/app/pay.js:12:7)`; else the span or the line's logger; '' for none. */
  culprit: z.string(),
  services: z.array(z.string()),
  /** Errors that are logged count each; one that only failed spans tell of counts once per trace. */
  events: z.number(),
  /** Different `user.id`, `tenant.id`. */
  users: z.number(),
  tenants: z.number(),
  /** In the range. */
  firstMs: epochMs,
  lastMs: epochMs,
  /** The first time of all that is kept. */
  firstEverMs: epochMs,
  /** Of the first and of the last time in the range; '' when the service tells none. */
  firstVersion: z.string(),
  lastVersion: z.string(),
  /** Events in equal steps over the range, oldest first. */
  sparkline: z.array(z.number()),
});

export const errorsAnswer = z.object({
  errors: z.array(errorRow),
  /** How many different errors there were; more than are listed when `limit` was met or others are of another state. */
  total: z.number(),
  /** Of those that were looked at. */
  states: z.object({
    unresolved: z.number(),
    resolved: z.number(),
    ignored: z.number(),
    /** Of the unresolved ones. */
    new: z.number(),
    regressed: z.number(),
    rising: z.number(),
  }),
});

/** GET /api/bw/v1/errors/:id/similar?from&to&env — other errors of the range that look like it, the most alike first; at most 8. */
export const similarErrorsQuery = timeRange.extend({ env: z.string().optional() });

export const similarErrorsAnswer = z.object({
  similar: z.array(
    z.object({
      id: errorId,
      type: z.string(),
      message: z.string(),
      culprit: z.string(),
      events: z.number(),
      lastMs: epochMs,
      /** 0 to 1: how many of the words and frames of both are the same. */
      likeness: z.number(),
      /** It is what this one is called where its source maps were applied before it was sent, or the other way round. */
      isSameBySourceMap: z.boolean(),
    }),
  ),
});

/** GET /api/bw/v1/errors/:id?from&to&env&event — one error, and one event of it: the newest unless `event` names one. */
export const errorQuery = timeRange.extend({ env: z.string().optional(), event: z.string().max(200).optional() });

export const errorTag = z.object({
  key: z.string(),
  /** The most frequent first; at most 10. */
  values: z.array(z.object({ value: z.string(), count: z.number() })),
  /** Events that have it, of those that were looked at. */
  count: z.number(),
});

/** What is known of one time that the error came. */
export const errorEvent = z.object({
  /** To be given as `event`. */
  id: z.string(),
  timeNs: epochNs,
  source: z.enum(['log', 'span']),
  service: z.string(),
  environment: z.string(),
  version: z.string(),
  /** '' when it belongs to no trace. */
  traceId: z.string(),
  spanId: z.string(),
  tenantId: z.string(),
  userId: z.string(),
  /** The thrown one first, then its causes. */
  exceptions: z.array(
    z.object({
      type: z.string(),
      message: z.string(),
      /** The newest call first. */
      frames: z.array(errorFrame),
    }),
  ),
  /** As it was sent; '' for none. */
  stacktrace: z.string(),
  /** Files of its own frames that were built and could not be led back to what was written, each with the reason; at most 10. */
  unmapped: z.array(z.object({ file: z.string(), why: z.string() })),
  /** Whether the application caught it; null when nobody says. */
  handled: z.boolean().nullable(),
  /** Oldest first. */
  breadcrumbs: z.array(
    z.object({
      timeMs: epochMs.nullable(),
      category: z.string(),
      level: z.string(),
      message: z.string(),
      data: z.string(),
    }),
  ),
  /** All other attributes. */
  attributes: z.array(attribute),
});

/** GET /api/bw/v1/errors/:id/event?from&to&env&event — an error and one event of it: what its page paints first. */
export const errorEventAnswer = z.object({
  error: errorRow,
  event: errorEvent,
  /** Events in the range by step. */
  histogram: z.object({ stepMs: z.number(), stepsMs: z.array(epochMs), counts: z.array(z.number()) }),
  /** The newest first; at most 100. */
  events: z.array(
    z.object({
      id: z.string(),
      timeNs: epochNs,
      service: z.string(),
      version: z.string(),
      traceId: z.string(),
      tenantId: z.string(),
      userId: z.string(),
      message: z.string(),
    }),
  ),
});

export const errorAnswer = errorEventAnswer.extend({
  /** Errors that are counted as this one. */
  parts: z.array(errorId),
  /** Whether it was split off another one. */
  isSplit: z.boolean(),
  /** The ways by which it is reached, the most frequent first; at most 20. Each can be split off by its id. */
  variants: z.array(
    z.object({
      id: errorId,
      events: z.number(),
      lastMs: epochMs,
      message: z.string(),
      /** Its frames, the newest call first; at most 8. */
      frames: z.array(z.string()),
    }),
  ),
  /** Who is hurt most, by events; at most 10 each. `plan`: '' when nobody says. */
  users: z.array(z.object({ id: z.string(), events: z.number() })),
  tenants: z.array(z.object({ id: z.string(), plan: z.string(), events: z.number(), users: z.number() })),
  plans: z.array(z.object({ plan: z.string(), events: z.number(), tenants: z.number() })),
  /** Null when no version can be told. */
  suspect: suspectRelease.nullable(),
  /** The newest first; at most 100. */
  activity: z.array(errorActivity),
  tags: z.array(errorTag),
  /** How many of the newest events the tags were counted over. */
  taggedEvents: z.number(),
});

export type SimilarErrors = z.infer<typeof similarErrorsAnswer>;
export type SuspectRelease = z.infer<typeof suspectRelease>;
export type ErrorActs = z.infer<typeof errorActs>;
export type ErrorActivity = z.infer<typeof errorActivity>;
export type ErrorState = z.infer<typeof errorState>;
export type ErrorDecision = z.infer<typeof errorDecision>;
export type ErrorsQuery = z.infer<typeof errorsQuery>;
export type ErrorFrame = z.infer<typeof errorFrame>;
export type ErrorTrend = z.infer<typeof errorTrend>;
export type ErrorRow = z.infer<typeof errorRow>;
export type ErrorsAnswer = z.infer<typeof errorsAnswer>;
export type ErrorTag = z.infer<typeof errorTag>;
export type ErrorEvent = z.infer<typeof errorEvent>;
export type ErrorEventAnswer = z.infer<typeof errorEventAnswer>;
export type ErrorAnswer = z.infer<typeof errorAnswer>;
