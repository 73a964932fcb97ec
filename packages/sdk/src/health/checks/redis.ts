import type { Check, CheckOptions } from '../check.js';

/** The part of `ioredis` and `redis` that we touch. */
export interface RedisPart {
  ping(): Promise<unknown>;
}

/** Redis or Valkey answers. A cache that the service can do without is `critical: false`. */
export function redisCheck(client: RedisPart, options: CheckOptions = {}): Check {
  return { ...options, run: async () => void (await client.ping()) };
}
