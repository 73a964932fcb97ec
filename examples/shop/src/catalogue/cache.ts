import { LRUCache } from 'lru-cache';
import { log } from '../service/log.js';

/** Short-lived text by key. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  close(): void;
}

/** Redis when there is one, shared by all instances; else this process's memory. */
export async function chooseCache(redisUrl: string | undefined): Promise<Cache> {
  if (redisUrl === undefined) return memoryCache();
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', error => log.error({ err: error }, 'the cache does not answer'));
  return {
    get: async key => (await redis.get(key)) ?? undefined,
    set: async (key, value, seconds) => void (await redis.set(key, value, 'EX', seconds)),
    close: () => redis.disconnect(),
  };
}

const maxKeys = 400;

/** At most 400 entries, fewer than there are products; what was not asked for longest goes first. */
export function memoryCache(nowMs: () => number = () => performance.now()): Cache {
  const entries = new LRUCache<string, string>({ max: maxKeys, ttlResolution: 0, perf: { now: nowMs } });
  return {
    get: async key => entries.get(key),
    set: async (key, value, seconds) => void entries.set(key, value, { ttl: seconds * 1000 }),
    close() {},
  };
}
