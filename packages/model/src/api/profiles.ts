import { z } from 'zod';
import { timeRange } from './time-range.js';

/** GET /api/bw/v1/profiles?from&to&service&trace — profiles that were taken in the range, newest first, at most 200. */
export const profilesQuery = timeRange.extend({
  service: z.string().max(256).optional(),
  /** Only those taken while this trace was worked on. */
  trace: z
    .string()
    .regex(/^[\da-f]{32}$/)
    .optional(),
});

const profile = z.object({
  name: z.string(),
  service: z.string(),
  environment: z.string(),
  version: z.string(),
  /** `cpu`, `heap`; '' for those of other vendors' SDKs. */
  kind: z.string(),
  /** Milliseconds since 1970. */
  start: z.number(),
  durationMs: z.number(),
  bytes: z.number(),
  traceIds: z.array(z.string()),
});

export const profilesAnswer = z.object({ profiles: z.array(profile) });

/** GET /api/bw/v1/profiles/:name?from&to — the file itself. */
export const profileParams = z.object({ name: z.string().max(300) });

/** The bytes as they came (pprof, gzip) in base64. */
export const profileAnswer = profile.extend({ pprof: z.string() });

export type ProfileRow = z.output<typeof profile>;
