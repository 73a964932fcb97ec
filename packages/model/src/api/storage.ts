import { z } from 'zod';

/** GET /api/bw/v1/storage — what each signal takes on disk, and what it will take when as much comes in every day as until now. */
export const storageAnswer = z.object({
  signals: z.array(
    z.object({
      signal: z.enum(['traces', 'logs', 'metrics']),
      /** Compressed, with indexes. */
      bytes: z.number(),
      rows: z.number(),
      /** Days since the first of it was received, today counted as far as it has come. */
      days: z.number(),
      bytesPerDay: z.number(),
      retentionDays: z.number(),
      /** When the oldest begins to go. */
      bytesAtRetention: z.number(),
    }),
  ),
});

export type StorageAnswer = z.infer<typeof storageAnswer>;
