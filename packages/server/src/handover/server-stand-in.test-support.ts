import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import type { RefusedRows } from './block-items.js';
import type { BlockFile, ReceiverStatus, ToReceiver, ToServer } from './messages.js';

/** The server's side of the socket for tests: keeps what it is told to insert, once per token and table, as the engine does. */
export interface ServerStandIn {
  /** `token table` to the file's bytes, of the first insert that was answered. */
  readonly kept: ReadonlyMap<string, Buffer>;
  /** Every insert heard, by token, in order. */
  readonly heard: readonly string[];
  status(): ReceiverStatus | undefined;
  /** Resolves with the position when everything acknowledged before is inserted. */
  flush(): Promise<string>;
  /** How often `bytes` occur in the kept files of `table`. */
  count(table: string, bytes: Uint8Array): number;
  /** Ends the connections and listens no more. */
  stop(): Promise<void>;
}

export interface StandInBehaviour {
  /** What to do with an insert; default: keep it and answer `inserted`. `insert-unread` answers so and keeps nothing. */
  readonly onInsert?: (
    token: string,
    times: number,
  ) => 'insert' | 'fail' | 'hang-up' | 'insert-then-hang-up' | 'insert-unread';
  /** The rows of a block's file that the engine refuses; default: none. */
  readonly refuse?: (file: BlockFile) => RefusedRows['ranges'];
}

export async function serverStandIn(
  path: string,
  { onInsert = () => 'insert', refuse = () => [] }: StandInBehaviour = {},
  kept = new Map<string, Buffer>(),
): Promise<ServerStandIn> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const flushes = new Map<number, (upTo: string) => void>();
  let status: ReceiverStatus | undefined;

  const answer = (message: ToServer, socket: Socket): void => {
    const say = (text: ToReceiver): unknown => socket.write(`${JSON.stringify(text)}\n`);
    if (message.type === 'status') status = message.status;
    if (message.type === 'flushed') flushes.get(message.id)?.(message.upTo);
    if (message.type !== 'insert') return;
    heard.push(message.token);
    const what = onInsert(message.token, heard.filter(token => token === message.token).length);
    if (what === 'hang-up') return void socket.destroy();
    if (what === 'fail')
      return void say({ type: 'failed', id: message.id, reason: 'busy', retryAfterMs: 20, isDamaged: false });
    const quarantined: RefusedRows[] = [];
    for (const file of message.files) {
      const { table, path } = file;
      const ranges = refuse(file);
      if (ranges.length > 0) quarantined.push({ table, ranges });
      if (!basename(path).startsWith(message.token)) throw new Error(`${path} is not of block ${message.token}`);
      const key = `${message.token} ${table}`;
      if (!kept.has(key) && what !== 'insert-unread') kept.set(key, readFileSync(path));
    }
    if (what === 'insert-then-hang-up') return void socket.destroy();
    say({ type: 'inserted', id: message.id, quarantined });
  };

  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      // Both ends are ours; the type is the contract.
      for (const line of lines) if (!socket.destroyed) answer(JSON.parse(line) as ToServer, socket);
    });
  });
  rmSync(path, { force: true });
  await new Promise<void>(resolve => server.listen(path, resolve));
  let lastFlush = 0;
  return {
    kept,
    heard,
    status: () => status,
    flush() {
      const id = ++lastFlush;
      return new Promise(resolve => {
        flushes.set(id, resolve);
        for (const socket of sockets) socket.write(`${JSON.stringify({ type: 'flush', id } satisfies ToReceiver)}\n`);
      });
    },
    count(table, bytes) {
      let count = 0;
      for (const [key, file] of kept) {
        if (!key.endsWith(` ${table}`)) continue;
        for (let at = file.indexOf(bytes); at !== -1; at = file.indexOf(bytes, at + 1)) count += 1;
      }
      return count;
    },
    stop() {
      return new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}
