import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replacePrivateFile } from '../../base/private-file.js';
import type { ScrubOptions } from './scrub-options.js';

export const needsHashKey = ({ hash, rules }: ScrubOptions): boolean =>
  hash.length > 0 || rules.some(({ action }) => action === 'hash');

/**
 * The key of the hashes: `given` (from the environment), else the file `scrub.key` of the data folder, which is made when there is none. Whoever has the
 * key can tell whether a hash is that of a value they know; without the old key new hashes do not join with old ones.
 */
export async function hashKey(dataDir: string, given: string | undefined): Promise<Uint8Array> {
  if (given !== undefined && given !== '') return Buffer.from(given);
  const path = join(dataDir, 'scrub.key');
  const kept = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim() !== '') return Buffer.from(kept.trim());
  const made = randomBytes(32).toString('hex');
  await replacePrivateFile(path, `${made}\n`);
  return Buffer.from(made);
}
