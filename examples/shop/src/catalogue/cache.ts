import { log } from '../service/log.js';

/** Short-lived text by key. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, seconds: number): Promise<void>;
  close(): void;
}

/** Redis when there is one, shared by all instances; else this process's memory. */
export async function chooseCache(redisUrl: string | undefined): Promise<Cache> {
  if (redisUrl === undefined) return memoryCache(Date.now);
  const { Redis } = await import('ioredis');
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
  redis.on('error', error => log.error({ err: error }, 'the cache does not answer'));
  return {
    get: async key => (await redis.get(key)) ?? undefined,
    set: async (key, value, seconds) => void (await redis.set(key, value, 'EX', seconds)),
    close: () => redis.disconnect(),
  };
}

const maxKeys = 1_000;

/** At most a thousand entries; the oldest goes first. */
export function memoryCache(nowMs: () => number): Cache {
  const entries = new Map<string, { readonly value: string; readonly untilMs: number }>();
  return {
    async get(key) {
      const entry = entries.get(key);
      return entry === undefined || entry.untilMs <= nowMs() ? undefined : entry.value;
    },
    async set(key, value, seconds) {
      entries.delete(key);
      entries.set(key, { value, untilMs: nowMs() + seconds * 1000 });
      const oldest = entries.keys().next();
      if (entries.size > maxKeys && oldest.done !== true) entries.delete(oldest.value);
    },
    close() {},
  };
}
