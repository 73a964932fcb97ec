import { chmod } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import type { Log } from '../../base/log.js';
import { StreamFrames, type FrameSink } from '../../decode/statsd/stream-frames.js';
import { removeStaleSocket } from '../stale-socket.js';

const maxConnections = 1024;

export interface StreamSocket {
  readonly port: number;
  /** Lets senders finish what they are sending, for `graceMs` at most. */
  stop(graceMs: number): Promise<void>;
}

export interface StreamDeps {
  /** What to do with the bytes of a sender; undefined: it may not send. */
  readonly sinkOf: (address: string) => FrameSink | undefined;
  readonly bug: (error: unknown) => void;
  readonly log: Log;
}

/** Listens for StatsD over TCP, or over a unix socket that its owner and group may write to. Rejects with Node's error. */
export async function openStream(
  where: { readonly host: string; readonly port: number } | { readonly path: string },
  deps: StreamDeps,
): Promise<StreamSocket> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, deps);
  });
  server.maxConnections = maxConnections;
  if ('path' in where) await removeStaleSocket(where.path);
  await listen(server, where, deps.log);
  if ('path' in where) await chmod(where.path, 0o660);
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    async stop(graceMs) {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of sockets) socket.end();
      // What had arrived by now is read in a few turns of the event loop; a sender that goes on is cut off.
      for (let turn = 0; turn < 8; turn++) await new Promise(resolve => setImmediate(resolve));
      const timer = setTimeout(() => sockets.forEach(socket => socket.destroy()), Math.min(graceMs, 50));
      await closed;
      clearTimeout(timer);
    },
  };
}

function serve(socket: Socket, { sinkOf, bug }: StreamDeps): void {
  // A sender that goes away without a word is no fault of ours.
  socket.on('error', () => socket.destroy());
  const sink = sinkOf(socket.remoteAddress ?? '');
  if (sink === undefined) return void socket.destroy();
  socket.setKeepAlive(true, 60_000);
  const frames = new StreamFrames(sink);
  const guarded = (act: () => void): void => {
    try {
      act();
    } catch (error) {
      bug(error);
      socket.destroy();
    }
  };
  socket.on('data', (chunk: Buffer) =>
    guarded(() => {
      if (frames.push(chunk) === 'broken') socket.destroy();
    }),
  );
  socket.on('close', () => guarded(() => frames.end()));
}

async function listen(server: Server, where: ListenOptions, log: Log): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(where, () => {
      server.off('error', reject).on('error', error => log.error({ err: error }, 'a stream socket failed'));
      resolve();
    });
  });
}
