import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { z } from 'zod';
import type { Log } from '../base/log.js';
import type { ToReceiver, ToServer } from './messages.js';

/** The receiver's end of `<data>/server.sock`. */
export interface ServerConnection {
  isUp(): boolean;
  /** False when there is no connection; the message is not kept then. */
  send(message: ToServer): boolean;
  /** Nothing is told any more. */
  close(): void;
}

export interface ServerListener {
  up(): void;
  down(): void;
  message(message: ToReceiver): void;
}

const toReceiver = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('inserted'),
    id: z.int(),
    quarantined: z.array(z.object({ table: z.string(), ranges: z.array(z.tuple([z.int().min(0), z.int().min(1)])) })),
  }),
  z.object({
    type: z.literal('failed'),
    id: z.int(),
    reason: z.string(),
    retryAfterMs: z.number().min(0),
    isDamaged: z.boolean(),
  }),
  z.object({ type: z.literal('flush'), id: z.int() }),
]) satisfies z.ZodType<ToReceiver>;

const firstPauseMs = 50;
const longestPauseMs = 200;
const longestLine = 1 << 20;

/** Connects to the server's socket, and again whenever it went away, until `close`. The server may start later, and often dies. */
export function connectToServer(path: string, listener: ServerListener, log: Log): ServerConnection {
  let socket: Socket | undefined;
  let isUp = false;
  let pauseMs = firstPauseMs;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let told: string | undefined;

  const connect = (): void => {
    const attempt = createConnection(path);
    socket = attempt;
    let rest = '';
    attempt.setEncoding('utf8');
    attempt.on('connect', () => {
      isUp = true;
      pauseMs = firstPauseMs;
      listener.up();
    });
    attempt.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) attempt.destroy(new Error('a line from the server is too long'));
      for (const line of lines) receive(line, attempt);
    });
    attempt.on('error', (error: Error & { readonly code?: string }) => {
      // Away, or gone while something was written, is ordinary: whoever keeps the server says why it ended. Anything else
      // (a path that is too long, a right that is missing) is told once, since it does not pass by itself.
      if (['ENOENT', 'ECONNREFUSED', 'EPIPE', 'ECONNRESET'].includes(error.code ?? '')) return;
      if (!isUp && told === error.code) return;
      told = error.code;
      log.warn({ err: error, path }, 'the connection to the server broke, or can not be made');
    });
    attempt.on('close', () => {
      const wasUp = isUp;
      isUp = false;
      if (isClosed) return;
      if (wasUp) listener.down();
      timer = setTimeout(connect, pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    });
  };

  const receive = (line: string, from: Socket): void => {
    let message: ToReceiver;
    try {
      message = toReceiver.parse(JSON.parse(line));
    } catch (error) {
      log.error({ err: error }, 'the server said something that is no message; connecting again');
      from.destroy();
      return;
    }
    listener.message(message);
  };

  connect();
  return {
    isUp: () => isUp,
    send(message) {
      if (!isUp || socket === undefined) return false;
      socket.write(`${JSON.stringify(message)}\n`);
      return true;
    },
    close() {
      isClosed = true;
      isUp = false;
      clearTimeout(timer);
      socket?.destroy();
    },
  };
}
