import { freemem, totalmem } from 'node:os';

/** What is left of the memory that this process may use, and how much that is in all; a container's limit counts. */
export function availableMemory(): { readonly freeBytes: number; readonly allBytes: number } {
  const limit = process.constrainedMemory();
  const allBytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  const freeBytes = allBytes < totalmem() ? process.availableMemory() : freemem();
  return { freeBytes, allBytes };
}
