import { z } from 'zod';
import { serviceStatus } from './services.js';
import { epochMs, timeRange } from './time-range.js';

/** GET /api/bw/v1/map?from&to&env — who called whom; whole minutes. */
export const mapQuery = timeRange.extend({ env: z.string().optional() });

/** Services, and what they call that sends no telemetry of its own. */
export const mapNodeKind = z.enum(['service', 'database', 'cache', 'queue', 'external']);

const figures = z.object({
  /** As for services: at least 20 calls are needed to be called anything but healthy. */
  status: serviceStatus,
  calls: z.number(),
  callsPerSecond: z.number(),
  /** 0 to 1; null without calls. */
  errorRatio: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/** A service's figures are of the requests and messages that it was asked to handle, all others' are as their callers saw them. */
export const mapNode = figures.extend({
  /** `service:checkout`, `database:postgresql orders`. */
  id: z.string(),
  kind: mapNodeKind,
  name: z.string(),
  environments: z.array(z.string()),
  /** `service.namespace`; '' when not told. */
  namespace: z.string(),
  /** The resource's `team`, `service.team` or `service.owner`; '' when not told. */
  team: z.string(),
});

/** Calls as the caller saw them; from a queue to its consumer, messages as the consumer took them. */
export const mapEdge = figures.extend({
  from: z.string(),
  to: z.string(),
  /** Through a queue: the sender does not wait. */
  isAsync: z.boolean(),
});

export const mapAnswer = z.object({
  nodes: z.array(mapNode),
  edges: z.array(mapEdge),
  /** Requests and failures of all services in equal steps over the range, for the slider. */
  stepMs: z.number(),
  stepsMs: z.array(epochMs),
  requests: z.array(z.number()),
  errors: z.array(z.number()),
  /** There are more calls than are shown: those with the least traffic are left out. */
  isCut: z.boolean(),
});

export type MapNodeKind = z.infer<typeof mapNodeKind>;
export type MapNode = z.infer<typeof mapNode>;
export type MapEdge = z.infer<typeof mapEdge>;
export type MapAnswer = z.infer<typeof mapAnswer>;
