import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../base/log.js';
import type { Address } from '../config/address.js';
import type { Listener } from './listen-http.js';

/** Each holds what waits for the rest of its message. */
const maxConnections = 512;
/** For what was written to go out, after the last of it. */
const lingerMs = 2000;

export interface TcpDeps {
  /** As a person calls it. */
  readonly what: string;
  /** May this address send? A connection that may not is closed. */
  readonly isAllowed: (address: string) => boolean;
  /** Told of a connection that was closed at once because there are too many. */
  readonly tooMany: (address: string) => void;
  /** Serves a connection until it ends or `signal` aborts. What it throws is a bug. */
  readonly serve: (socket: Socket, signal: AbortSignal) => Promise<void>;
  readonly bug: (error: unknown) => void;
  readonly log: Log;
}

/** Serves a TCP port. Rejects with Node's error when the address can not be had. */
export async function listenTcp({ host, port }: Address, deps: TcpDeps): Promise<Listener> {
  const stopping = new AbortController();
  const serving = new Map<Socket, Promise<void>>();
  const server = createServer({ allowHalfOpen: true }, socket => {
    // A sender that goes away without a word is no fault of ours.
    socket.on('error', () => socket.destroy());
    socket.setKeepAlive(true, 60_000);
    if (!deps.isAllowed(socket.remoteAddress ?? '')) return void socket.destroy();
    const served = deps
      .serve(socket, stopping.signal)
      .catch(deps.bug)
      .finally(() => {
        serving.delete(socket);
        socket.end();
        setTimeout(() => socket.destroy(), lingerMs).unref();
      });
    serving.set(socket, served);
  });
  server.maxConnections = maxConnections;
  server.on('drop', from => deps.tooMany(from?.remoteAddress ?? ''));
  await listen(server, { host, port }, deps);
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    async stop(graceMs) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      stopping.abort();
      const timer = setTimeout(() => serving.forEach((_, socket) => socket.destroy()), graceMs);
      await Promise.all(serving.values());
      clearTimeout(timer);
      // Senders that do not answer our end are not waited for.
      await Promise.race([closed, new Promise<void>(resolve => setTimeout(resolve, graceMs).unref())]);
    },
  };
}

async function listen(server: Server, address: Address, { what, log }: TcpDeps): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address.port, address.host, () => {
      server.off('error', reject).on('error', error => log.error({ err: error }, `the port of ${what} failed`));
      resolve();
    });
  });
}

/** What comes, in its order, until the sender ends or `signal` aborts. Nothing more is read while a chunk is worked on. */
export async function* chunksOf(socket: Socket, signal: AbortSignal): AsyncGenerator<Buffer> {
  while (!signal.aborted) {
    const chunk: unknown = socket.read();
    if (chunk instanceof Buffer) yield chunk;
    else if (socket.readableEnded || socket.destroyed) return;
    else await whenReadable(socket, signal);
  }
}

function whenReadable(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      socket.off('readable', done).off('end', done).off('close', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    socket.on('readable', done).on('end', done).on('close', done);
    signal.addEventListener('abort', done);
  });
}
