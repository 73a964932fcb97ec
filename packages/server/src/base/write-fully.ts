import type { FileHandle } from 'node:fs/promises';

/** Writes all pieces one after the other from `position` on, in as few calls as can be. Throws what the file system throws; a part may be written then. */
export async function writeFully(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await file.writev([...pieces], position);
  if (bytesWritten === bytes) return;
  // The disk took a part: the rest either fits now or throws ENOSPC.
  const rest = Buffer.concat(pieces).subarray(bytesWritten);
  let written = 0;
  while (written < rest.length) {
    const at = position + bytesWritten + written;
    written += (await file.write(rest, written, rest.length - written, at)).bytesWritten;
  }
}
