import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a change of names in `folder` (a new file, a rename) survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Replaces `path` as a whole, readable by its owner only: after a crash the old text is there or the new, never a part.
 * Throws what the file system throws (`ENOSPC`, `EROFS`, ...).
 */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}
