import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * A port on which nobody listens. Not one of those that the system gives away by itself, which begin at 32,768:
 * until it is used, another test or a connection would get it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
