import { MessageChannel } from 'node:worker_threads';

const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees the memory of bytes that are no longer wanted, at once: the garbage collector would mark all it holds whenever some ten megabytes of blocks
 * came, which for a large query is every few milliseconds. Only for bytes that nobody else sees; they are empty from now on.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  // A part of a larger memory may have neighbours who still want theirs.
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return;
  // A port that is closed sends nothing, but what is handed to it is gone.
  nowhere.postMessage(undefined, [buffer]);
}
