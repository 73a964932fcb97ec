import { statfs } from 'node:fs/promises';
import type { Check, CheckOptions, CheckResult } from '../check.js';

export interface DiskCheckOptions extends CheckOptions {
  /** Degraded when a smaller part of the disk is free; 0.1 unless told otherwise. */
  readonly degradedBelow?: number;
  /** Unhealthy when a smaller part is free; 0.02 unless told otherwise. */
  readonly unhealthyBelow?: number;
}

/** The disk that `path` is on has room for this user. */
export function diskCheck(
  path: string,
  { degradedBelow = 0.1, unhealthyBelow = 0.02, ...options }: DiskCheckOptions = {},
): Check {
  return {
    ...options,
    async run(): Promise<CheckResult> {
      const { bavail, blocks, bsize } = await statfs(path);
      const free = blocks === 0 ? 1 : bavail / blocks;
      return {
        status: free < unhealthyBelow ? 'unhealthy' : free < degradedBelow ? 'degraded' : 'healthy',
        detail: { freeBytes: bavail * bsize, free: Math.round(free * 1000) / 1000 },
      };
    },
  };
}
