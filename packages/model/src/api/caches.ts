import { z } from 'zod';
import { answerSteps, callFigures } from './databases.js';
import { timeRange } from './time-range.js';

/** GET /api/bw/v1/caches?from&to&env&system — every panel of the page in one answer. */
export const cachesQuery = timeRange.extend({
  env: z.string().optional(),
  /** One kind of cache alone: `redis`, `memcached`, `lru-cache`. */
  system: z.string().max(200).optional(),
});

const values = z.array(z.number().nullable());

/** Reads of a cache. */
export const lookups = z.object({
  hits: z.number(),
  misses: z.number(),
  errors: z.number(),
  /** Hits of hits and misses, 0 to 1; null without any. */
  hitRatio: z.number().nullable(),
  readsPerSecond: z.number(),
});

export const cacheRow = lookups.extend({
  system: z.string(),
  services: z.array(z.string()),
});

/** A server, or the caches of one kind in processes. */
export const cacheMemory = z.object({
  system: z.string(),
  /** '' for caches in processes. */
  server: z.string(),
  usedBytes: z.number().nullable(),
  limitBytes: z.number().nullable(),
  items: z.number().nullable(),
  used: values,
});

export const cacheEviction = z.object({
  system: z.string(),
  server: z.string(),
  /** `full`, `ttl`, `invalidation`. */
  reason: z.string(),
  total: z.number(),
  /** Per second. */
  rate: values,
});

export const keyPatternRow = lookups.extend({
  system: z.string(),
  pattern: z.string(),
  /** What a miss cost, on the average: from the read that found nothing until the answer was put into the cache. null where that was not seen. */
  missMs: z.number().nullable(),
  /** Time that misses took per second: misses per second by what one cost. */
  missBusy: z.number().nullable(),
  /** What was done meanwhile: `SELECT orders`; '' when nothing was seen. */
  followedBy: z.string(),
  missTraceId: z.string(),
});

export const cacheOperation = callFigures.extend({
  system: z.string(),
  operation: z.string(),
  services: z.array(z.string()),
});

/** What can be read from evictions and memory, in a sentence with its figures. */
export const cacheSign = z.object({
  kind: z.enum(['full', 'evicting', 'churn', 'waves', 'filling']),
  weight: z.enum(['crit', 'warn', 'none']),
  system: z.string(),
  server: z.string(),
  text: z.string(),
  /** What could be done. */
  advice: z.string(),
});

export const cachesAnswer = answerSteps.extend({
  caches: z.array(cacheRow),
  hitRatio: z.array(z.object({ system: z.string(), ratio: values })),
  memory: z.array(cacheMemory),
  evictions: z.array(cacheEviction),
  /** Misses that cost most first, then most read. */
  patterns: z.array(keyPatternRow),
  operations: z.array(cacheOperation),
  signs: z.array(cacheSign),
  /** Traces in which misses were looked for. */
  looked: z.number(),
  metricsMissing: z.string(),
});

export type CachesAnswer = z.infer<typeof cachesAnswer>;
export type CacheRow = z.infer<typeof cacheRow>;
export type CacheMemory = z.infer<typeof cacheMemory>;
export type CacheEviction = z.infer<typeof cacheEviction>;
export type KeyPatternRow = z.infer<typeof keyPatternRow>;
export type CacheOperation = z.infer<typeof cacheOperation>;
export type CacheSign = z.infer<typeof cacheSign>;
