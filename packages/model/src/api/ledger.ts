import { z } from 'zod';
import { epochMs } from './time-range.js';

const items = z.number();
const byReason = z.array(z.object({ reason: z.string(), items }));

/**
 * GET /api/bw/v1/ledger — what came in for this workspace, from whom, and what became of it, in items as they were sent.
 * In each row `received` is `stored` + `refused` + `dropped` + `duplicate` + `sampledOut` + `pending`, always and exactly.
 */
export const ledgerAnswer = z.object({
  nowMs: epochMs,
  /** When counting began; it goes on over restarts. Null until a receiver was connected. */
  since: epochMs.nullable(),
  rows: z.array(
    z.object({
      /** Name of the ingest key; '' where none is needed. */
      key: z.string(),
      protocol: z.string(),
      signal: z.enum(['traces', 'logs', 'metrics', 'files']),
      received: items,
      stored: items,
      /** In the log or in a block, on their way to the store. */
      pending: items,
      /** Came again after they were kept, and were not kept twice. */
      duplicate: items,
      sampledOut: items,
      /** The sender was told that they are not kept. */
      refused: byReason,
      /** We had said that they are kept. `engine`: set aside in blocks/quarantine; `corrupt`: decayed on the disk; `bug`: set aside in wal/quarantine. */
      dropped: byReason,
      /** What senders say they lost before it came here; no part of the sum. */
      reportedBySender: byReason,
    }),
  ),
  /** Requests that were answered with an error as a whole, of all workspaces: who sent them is often not known. Where their items were known, those are in `refused` too. */
  refusedRequests: z.array(
    z.object({
      protocol: z.string(),
      signal: z.string().nullable(),
      reason: z.string(),
      requests: z.number(),
    }),
  ),
  /** The last refusals, newest first; one row per reason and sender, with an example where there is one. */
  rejections: z.array(
    z.object({
      at: epochMs,
      protocol: z.string(),
      reason: z.string(),
      remedy: z.string(),
      sender: z.string(),
      count: z.number(),
      /** The beginning of such a request, at most 300 characters, without what looks secret or personal; '' when there is none. */
      example: z.string(),
    }),
  ),
});

export type LedgerAnswer = z.infer<typeof ledgerAnswer>;
