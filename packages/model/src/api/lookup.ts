import { z } from 'zod';
import { epochMs, traceIdHex } from './time-range.js';

/** GET /api/bw/v1/lookup?text — where an id that somebody pasted belongs. */
export const lookupQuery = z.object({ text: z.string().trim().min(1).max(200) });

export const lookupPlace = z.discriminatedUnion('kind', [
  /** The id of a trace that is kept. */
  z.object({ kind: z.literal('trace'), traceId: traceIdHex, atMs: epochMs }),
  /** An error, by its id. */
  z.object({ kind: z.literal('error'), id: z.string(), atMs: epochMs }),
  /** A tenant that sent something in the last seven days. */
  z.object({ kind: z.literal('tenant'), tenant: z.string(), atMs: epochMs }),
  /** The newest span or line of the last seven days of which an attribute is exactly that text, as a request's or a user's id. */
  z.object({
    kind: z.literal('attribute'),
    signal: z.enum(['spans', 'logs']),
    key: z.string(),
    value: z.string(),
    /** '' when the line belongs to no trace. */
    traceId: z.string(),
    atMs: epochMs,
  }),
]);

/** The most certain place first. */
export const lookupAnswer = z.object({ places: z.array(lookupPlace) });

export type LookupAnswer = z.infer<typeof lookupAnswer>;
export type LookupPlace = z.infer<typeof lookupPlace>;
