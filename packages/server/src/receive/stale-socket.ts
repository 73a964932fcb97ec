import { stat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/** Takes the file of a unix socket away that nobody listens on any more: it is left over from a program that was killed. Any other file stays. */
export async function removeStaleSocket(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (file?.isSocket() !== true) return;
  const isAnswered = await new Promise<boolean>(resolve => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    }).on('error', error => resolve(!('code' in error && error.code === 'ECONNREFUSED')));
  });
  if (!isAnswered) await unlink(path).catch(() => {});
}
