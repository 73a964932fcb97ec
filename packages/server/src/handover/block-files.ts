import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFully } from '../base/write-fully.js';
import type { BlockFile } from './messages.js';

/** One table's rows of one block, as the bytes of a ClickHouse `Native` file. */
export interface TableBytes {
  readonly table: string;
  readonly rows: number;
  readonly chunks: readonly Uint8Array[];
}

/**
 * Writes a block's files, `<token>.<table>.native`, readable by their owner only. Not synced: after a power cut they are made again from the log.
 * Throws what the file system throws, and leaves nothing behind then.
 */
export async function writeBlockFiles(
  folder: string,
  token: string,
  tables: readonly TableBytes[],
): Promise<readonly BlockFile[]> {
  const files: BlockFile[] = [];
  try {
    for (const { table, rows, chunks } of tables) {
      const path = join(folder, `${token}.${table}.native`);
      files.push({ table, path, rows, bytes: chunks.reduce((sum, { length }) => sum + length, 0) });
      const file = await open(`${path}.tmp`, 'w', 0o600);
      try {
        await writeFully(file, chunks, 0);
      } finally {
        await file.close();
      }
      await rename(`${path}.tmp`, path);
    }
    return files;
  } catch (error) {
    await removeBlockFiles(files);
    throw error;
  }
}

export async function removeBlockFiles(files: readonly BlockFile[]): Promise<void> {
  for (const { path } of files) {
    await rm(path, { force: true });
    await rm(`${path}.tmp`, { force: true });
  }
}

/** Makes the folder, and removes what an earlier run left: every block that is still wanted is made again from the log. */
export async function clearBlockFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    if (/\.native(?:\.tmp)?$/.test(name)) await rm(join(folder, name), { force: true });
  }
}

/** Is the file as long as it was written? A reader that takes what it finds would lose the rows behind its end. */
export async function isWhole({ path, bytes }: BlockFile): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size === bytes,
    () => false,
  );
}
