import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { z } from 'zod';
import type { Log } from '../base/log.js';
import type { RefusedRows } from './block-items.js';
import type { BlockFile, ReceiverStatus, ToReceiver, ToServer } from './messages.js';
import { ReceiverAway, type ReceiverLink } from './receiver-link.js';

export interface FromReceiverDeps {
  readonly socketPath: string;
  /** Stores one file of a block; returns which of its rows were set aside. Throws when the block is to be tried again. */
  readonly insert: (file: BlockFile, token: string) => Promise<RefusedRows['ranges']>;
  /** Is the file as it was written? */
  readonly isWhole: (file: BlockFile) => Promise<boolean>;
  readonly log: Log;
}

export interface ReceiverSocket extends ReceiverLink {
  /** Ends the connections after the insert that is under way. */
  close(): Promise<void>;
}

const maxLineBytes = 8 * 1024 * 1024;
const maxListenMs = 1000;
const retryAfterMs = 1000;
const reconnectMs = 2000;
const maxRememberedTokens = 1000;

/**
 * Listens for the receiver at `socketPath` and stores the blocks that it names, in order, one at a time.
 *
 * `inserted` is answered only when every file of the block is in the store: the receiver deletes its copy then.
 */
export async function listenForReceiver({
  socketPath,
  insert,
  isWhole,
  log,
}: FromReceiverDeps): Promise<ReceiverSocket> {
  const connections = new Set<Connection>();
  const listeners = new Set<(files: readonly BlockFile[]) => Promise<void>>();
  const seenTokens = new Set<string>();
  const flushes = new Map<number, Flush>();
  let status: ReceiverStatus | undefined;
  let lastFlush = 0;

  const store = async (message: InsertMessage): Promise<ToReceiver> => {
    const heard = seenTokens.has(message.token)
      ? []
      : [...listeners].map(listener => hear(listener, message.files, log));
    remember(seenTokens, message.token);
    let isDamaged = false;
    try {
      const quarantined: RefusedRows[] = [];
      for (const file of message.files) {
        if (!(await isWhole(file))) {
          isDamaged = true;
          throw new Error(`the block's file of ${file.table} is not as it was written`);
        }
        const ranges = await insert(file, message.token);
        if (ranges.length > 0) quarantined.push({ table: file.table, ranges });
      }
      if (quarantined.length > 0)
        log.warn({ token: message.token, quarantined }, 'the engine refused rows; they are in blocks/quarantine');
      return { type: 'inserted', id: message.id, quarantined };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ token: message.token, reason }, 'a block could not be stored; it will be tried again');
      return { type: 'failed', id: message.id, reason, retryAfterMs: isDamaged ? 0 : retryAfterMs, isDamaged };
    } finally {
      await Promise.all(heard);
    }
  };

  const receive = async (connection: Connection, message: ToServer): Promise<void> => {
    switch (message.type) {
      case 'insert':
        connection.send(await store(message));
        return;
      case 'flushed':
        flushes.get(message.id)?.resolve({ upTo: message.upTo });
        return;
      case 'status':
        status = message.status;
    }
  };

  const server = createServer(socket => {
    const connection = connect(socket, receive, log);
    connections.add(connection);
    socket.on('close', () => {
      connections.delete(connection);
      for (const flush of flushes.values())
        if (flush.connection === connection)
          flush.reject(new ReceiverAway('the receiver went away before all was stored'));
    });
  });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  await chmod(socketPath, 0o600);

  return {
    connected: () => connections.size > 0,
    status: () => status,
    async flush(signal) {
      signal.throwIfAborted();
      // A receiver that was just started or lost its connection is back within moments.
      if (connections.size === 0)
        await once(server, 'connection', { signal: AbortSignal.any([signal, AbortSignal.timeout(reconnectMs)]) }).catch(
          () => undefined,
        );
      signal.throwIfAborted();
      const connection = [...connections].at(-1);
      if (connection === undefined)
        throw new ReceiverAway('no receiver is connected; it comes back by itself when `bellwether up` runs');
      const id = ++lastFlush;
      const onAbort = (): void => flushes.get(id)?.reject(signal.reason);
      try {
        return await new Promise<{ readonly upTo: string }>((resolve, reject) => {
          flushes.set(id, { connection, resolve, reject });
          signal.addEventListener('abort', onAbort, { once: true });
          connection.send({ type: 'flush', id });
        });
      } finally {
        flushes.delete(id);
        signal.removeEventListener('abort', onAbort);
      }
    },
    onBlock(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      await Promise.all([...connections].map(connection => connection.end()));
      await closed;
    },
  };
}

type InsertMessage = Extract<ToServer, { type: 'insert' }>;

interface Flush {
  readonly connection: Connection;
  resolve(answer: { readonly upTo: string }): void;
  reject(reason: unknown): void;
}

interface Connection {
  send(message: ToReceiver): void;
  /** Answers what is under way, reads nothing more, and ends. */
  end(): Promise<void>;
}

/** Inserts wait for each other; a flush's answer and a status pass by them. */
function connect(
  socket: Socket,
  receive: (connection: Connection, message: ToServer) => Promise<void>,
  log: Log,
): Connection {
  let isEnding = false;
  let last = Promise.resolve();
  const connection: Connection = {
    send: message => void (socket.writable && socket.write(`${JSON.stringify(message)}\n`)),
    async end() {
      isEnding = true;
      await last;
      socket.destroy();
    },
  };
  const onLine = (line: string): void => {
    const parsed = toServer.safeParse(jsonOrUndefined(line));
    if (!parsed.success) {
      log.error(
        { reason: z.prettifyError(parsed.error).slice(0, 300) },
        'the receiver speaks another version; it is disconnected',
      );
      socket.destroy();
      return;
    }
    if (parsed.data.type !== 'insert') {
      void receive(connection, parsed.data);
      return;
    }
    const message = parsed.data;
    last = last.then(() => (isEnding ? undefined : receive(connection, message)));
  };
  socket.setEncoding('utf8');
  let rest = '';
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineBytes) socket.destroy();
    for (const line of lines) if (line !== '' && !isEnding && !socket.destroyed) onLine(line);
  });
  socket.on('error', error => log.warn({ reason: error.message }, 'the connection to the receiver broke'));
  return connection;
}

async function hear(
  listener: (files: readonly BlockFile[]) => Promise<void>,
  files: readonly BlockFile[],
  log: Log,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, maxListenMs);
  });
  try {
    await Promise.race([listener(files), late]);
  } catch (error) {
    log.warn({ reason: String(error) }, 'a listener of new blocks failed');
  } finally {
    clearTimeout(timer);
  }
}

function remember(tokens: Set<string>, token: string): void {
  tokens.add(token);
  const [oldest] = tokens;
  if (tokens.size > maxRememberedTokens && oldest !== undefined) tokens.delete(oldest);
}

function jsonOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const signalCounts = z
  .object({ accepted: z.number(), rejected: z.number(), lastAcceptedAtMs: z.number().optional() })
  .transform(counts => ({ ...counts, lastAcceptedAtMs: counts.lastAcceptedAtMs }));

const receiverStatus = z
  .object({
    startedAtMs: z.number(),
    otlpHttp: z.string().optional(),
    otlpGrpc: z.string().optional(),
    signals: z.array(
      z.object({
        workspace: z.string(),
        signals: z.object({ traces: signalCounts, logs: signalCounts, metrics: signalCounts, files: signalCounts }),
      }),
    ),
    rejections: z.array(
      z.object({
        atMs: z.number(),
        protocol: z.string(),
        reason: z.string(),
        remedy: z.string(),
        sender: z.string(),
        count: z.number(),
        workspace: z.string(),
        example: z.string(),
      }),
    ),
    ledger: z.object({
      sinceMs: z.number(),
      rows: z.array(
        z.object({
          workspace: z.string(),
          key: z.string(),
          protocol: z.string(),
          signal: z.enum(['traces', 'logs', 'metrics', 'files']),
          received: z.number(),
          stored: z.number(),
          duplicate: z.number(),
          sampledOut: z.number(),
          pending: z.number(),
          refused: z.record(z.string(), z.number()),
          dropped: z.record(z.string(), z.number()),
          reported: z.record(z.string(), z.number()),
        }),
      ),
      requests: z.array(
        z.object({
          protocol: z.string(),
          signal: z.enum(['', 'traces', 'logs', 'metrics', 'files']),
          reason: z.string(),
          requests: z.number(),
        }),
      ),
    }),
    overflows: z.array(
      z.object({
        workspace: z.string(),
        metric: z.string(),
        limit: z.number(),
        points: z.number(),
        lastAtMs: z.number(),
      }),
    ),
    scrapeTargets: z.array(
      z
        .object({
          workspace: z.string(),
          job: z.string(),
          url: z.string(),
          state: z.enum(['unknown', 'up', 'down']),
          lastScrapeMs: z.number().optional(),
          lastDurationMs: z.number().optional(),
          samples: z.number(),
          error: z.string().optional(),
          rejected: z.number(),
          rejectedReason: z.string(),
        })
        .transform(target => ({
          ...target,
          lastScrapeMs: target.lastScrapeMs,
          lastDurationMs: target.lastDurationMs,
          error: target.error,
        })),
    ),
    senders: z.array(
      z
        .object({
          workspace: z.string(),
          service: z.string(),
          userAgent: z.string(),
          protocol: z.string(),
          items: z.number(),
          lastSeenMs: z.number(),
          clockSkewMs: z.number().optional(),
        })
        .transform(sender => ({ ...sender, clockSkewMs: sender.clockSkewMs })),
    ),
    walBytes: z.number(),
    blocksBytes: z.number(),
    metricsText: z.string(),
  })
  .transform(status => ({ ...status, otlpHttp: status.otlpHttp, otlpGrpc: status.otlpGrpc }));

const toServer: z.ZodType<ToServer> = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('insert'),
    id: z.number(),
    token: z.string().regex(/^[\w.-]{1,200}$/, 'a token names files: letters, digits, dots and dashes'),
    files: z.array(z.object({ table: z.string(), path: z.string(), rows: z.number(), bytes: z.number() })),
  }),
  z.object({ type: z.literal('flushed'), id: z.number(), upTo: z.string() }),
  z.object({ type: z.literal('status'), status: receiverStatus }),
]);
