import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replacePrivateFile } from '../base/private-file.js';

/** How far the store has what the log holds. Kept in `wal/stored`; without it a restart sends everything again, which the tokens make harmless. */
const checkpointSchema = z.object({
  /** Names this log for ever: sequence numbers start again in a new log, and tokens must not. */
  logId: z.string().regex(/^[0-9a-z]{1,40}$/),
  /** Every body up to here that is not held is in the store. */
  storedSeq: z.int().min(0),
  /** Every held body up to here is in the store. Absent: written by a version that held none. */
  heldStoredSeq: z.int().min(0).default(0),
  /** What belongs to this very position and is saved with it: the ledger's counts. Who reads it checks it. */
  saved: z.unknown().optional(),
});

export type Checkpoint = z.infer<typeof checkpointSchema>;

/** A missing or unreadable file gives a new log's checkpoint. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    return checkpointSchema.parse(JSON.parse(await readFile(join(folder, 'stored'), 'utf8')));
  } catch {
    return { logId: randomUUID().replaceAll('-', '').slice(0, 16), storedSeq: 0, heldStoredSeq: 0 };
  }
}

export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  await replacePrivateFile(join(folder, 'stored'), JSON.stringify(checkpoint));
}
