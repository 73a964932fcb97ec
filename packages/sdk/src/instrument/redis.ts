import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import { CacheLookups } from './cache-lookups.js';
import { CacheServerFigures, type ServerFigures } from './cache-server-figures.js';
import type { Instrumentation } from './instrumentation.js';
import { type RedisBatch, type RedisCall, RedisCommands, type RedisTarget } from './redis-commands.js';
import { figuresOfInfo } from './redis-info.js';
import { wrap } from './wrap.js';

/** The part of node-redis' messages that we read (https://github.com/redis/node-redis/blob/master/docs/diagnostics-channel.md). */
interface Message extends RedisTarget {
  readonly error?: unknown;
  readonly result?: unknown;
  readonly batchMode?: string;
  readonly batchSize?: number;
}
interface CommandMessage extends Message {
  readonly command: string;
  /** With the command's name in front. */
  readonly args: readonly unknown[];
}

/** node-redis (`redis`, `@redis/client`) ≥ 5.12 publishes commands, pipelines and transactions, and what its client-side cache does. */
export const redis: Instrumentation = {
  name: 'redis',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const commands = new RedisCommands(recorder);
    const calls = new WeakMap<Message, RedisCall>();
    const batches = new WeakMap<Message, RedisBatch>();
    tools.needs('@redis/client', '5.12.0');

    tools.subscribe<CommandMessage>('tracing:node-redis:command:start', message => {
      tools.seen();
      const call = commands.begin(message.command, message.args, 1, message, message.batchMode !== undefined);
      if (call !== undefined) calls.set(message, call);
    });
    tools.subscribe<CommandMessage>('tracing:node-redis:command:asyncEnd', message => {
      const call = calls.get(message);
      if (call === undefined) return;
      calls.delete(message);
      commands.end(call, message.error, message.result);
    });
    tools.subscribe<Message>('tracing:node-redis:batch:start', message => {
      tools.seen();
      batches.set(message, commands.beginBatch(message.batchMode ?? 'PIPELINE', message.batchSize ?? 0, message));
    });
    tools.subscribe<Message>('tracing:node-redis:batch:asyncEnd', message => {
      const batch = batches.get(message);
      if (batch === undefined) return;
      batches.delete(message);
      commands.endBatch(batch, message.error);
    });

    const figures = new CacheServerFigures(recorder, 'redis');
    tools.undo(() => figures.stop());
    tools.onLoad('@redis/client', exports => {
      if (typeof exports !== 'object' || exports === null) return;
      const undo = wrap(exports, 'createClient', (self, args, create) => {
        const client = create.apply(self, args);
        figures.watch(client, serverOf(client), infoOf);
        return client;
      });
      if (undo !== undefined) tools.undo(undo);
    });

    // The cache in the client's own memory (RESP 3).
    const lookups = new CacheLookups(recorder, 'redis-client-side');
    const evictions = recorder.metrics.metric({
      name: 'cache.evictions',
      unit: '{item}',
      description: 'Items that a cache let go of by itself, by reason',
      kind: 'counter',
      scope: '@bellwether/node',
    });
    tools.subscribe<{ readonly result: 'hit' | 'miss' }>('node-redis:cache:request', ({ result }) =>
      lookups.count('', result),
    );
    tools.subscribe<{ readonly reason: string; readonly count: number }>('node-redis:cache:eviction', message => {
      const { reason, count } = message;
      evictions.point({ 'cache.system': 'redis-client-side', 'cache.eviction.reason': reason }).value += count;
    });
  },
};

function serverOf(client: unknown): { readonly host: string; readonly port: number | undefined } {
  const socket = memberOf(memberOf(client, 'options'), 'socket');
  const [path, host, port] = ['path', 'host', 'port'].map(name => memberOf(socket, name));
  if (typeof path === 'string') return { host: path, port: undefined };
  return { host: typeof host === 'string' ? host : 'localhost', port: typeof port === 'number' ? port : 6379 };
}

/** INFO over a connection of its own for that moment: the application's may wait, or watch keys. */
async function infoOf(client: object): Promise<ServerFigures | undefined> {
  if (memberOf(client, 'isReady') !== true) return undefined;
  const options = memberOf(client, 'options');
  const socket = memberOf(options, 'socket');
  const once = {
    socket: { ...(typeof socket === 'object' ? socket : {}), reconnectStrategy: false, connectTimeout: 2000 },
  };
  const own = callMethod(client, 'duplicate', once);
  callMethod(own, 'on', 'error', () => {});
  try {
    await callMethod(own, 'connect');
    const text = await callMethod(own, 'info');
    return typeof text === 'string' ? figuresOfInfo(text) : undefined;
  } finally {
    callMethod(own, 'destroy');
  }
}
