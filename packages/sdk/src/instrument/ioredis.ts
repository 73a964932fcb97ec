import { type Scope, scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import { CacheServerFigures, type ServerFigures } from './cache-server-figures.js';
import { isAtLeast, type Instrumentation } from './instrumentation.js';
import { type RedisCall, RedisCommands, type RedisTarget } from './redis-commands.js';
import { figuresOfInfo } from './redis-info.js';
import { settled } from './settled.js';
import { type Method, wrap } from './wrap.js';

/** The part of ioredis' message that we read. */
interface CommandMessage extends RedisTarget {
  readonly command: string;
  readonly args: readonly unknown[];
  readonly error?: unknown;
  readonly result?: unknown;
}

const publishesFrom = '5.11.0';

/**
 * ioredis ≥ 5.11 publishes its commands; before, the method that sends them is wrapped. A pipeline or transaction is one span: it runs `Pipeline#exec`, which sends
 * its commands while it is called. In a bundle, where that method is not reached, its commands are spans.
 */
export const ioredis: Instrumentation = {
  name: 'ioredis',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const open = new WeakMap<CommandMessage, RedisCall>();
    const commands = new RedisCommands(recorder);
    const figures = new CacheServerFigures(recorder, 'redis');
    tools.undo(() => figures.stop());
    /** Pipelines that are being sent: `exec` may be called inside of `exec`. */
    let sending = 0;

    tools.subscribe<CommandMessage>('tracing:ioredis:command:start', message => {
      tools.seen();
      const call = commands.begin(message.command, message.args, 0, message, sending > 0);
      if (call !== undefined) open.set(message, call);
    });
    tools.subscribe<CommandMessage>('tracing:ioredis:command:asyncEnd', message => {
      const call = open.get(message);
      if (call === undefined) return;
      open.delete(message);
      commands.end(call, message.error, message.result);
    });

    tools.onLoad('ioredis', (exports, version) => {
      const Pipeline = memberOf(exports, 'Pipeline');
      if (typeof Pipeline === 'function') tools.undo(wrap(Pipeline.prototype, 'exec', execAsOne) ?? noUndo);
      const Redis = memberOf(exports, 'default') ?? exports;
      if (typeof Redis !== 'function') return;
      if (version === undefined || isAtLeast(version, publishesFrom)) {
        tools.undo(wrap(Redis.prototype, 'sendCommand', sendInItsRequest) ?? noUndo);
        return;
      }
      const sent = new WeakSet<object>();
      const undo = wrap(Redis.prototype, 'sendCommand', (redis, args, send) => {
        const [command] = args;
        // A command that waited for the connection comes a second time.
        if (!isCommand(command) || sent.has(command)) return send.apply(redis, args);
        sent.add(command);
        figures.watch(redis, serverOf(redis), infoOf);
        let call: RedisCall | undefined;
        try {
          call = commands.begin(command.name, command.args, 0, targetOf(redis), sending > 0);
        } catch {
          recorder.fault('ioredis (command)');
        }
        const result = send.apply(redis, args);
        if (call === undefined) return result;
        const known = call;
        const ended = (error: unknown, value: unknown): void => {
          try {
            commands.end(known, error, value);
          } catch {
            recorder.fault('ioredis (answer)');
          }
        };
        if (!known.inBatch) return settled(result, ended);
        // A pipeline handles what its commands reject with, and lets go of what this returns.
        command.promise.then(
          value => ended(undefined, value),
          (error: unknown) => ended(error, undefined),
        );
        return result;
      });
      if (undo === undefined) return;
      tools.undo(undo);
      tools.seen(version);
    });

    /** A command that waits for the connection is published when it is written: then its request is to be the active one again. */
    const waiting = new WeakMap<object, Scope>();
    function sendInItsRequest(redis: unknown, args: unknown[], send: Method): unknown {
      const [command] = args;
      if (!isCommand(command)) return send.apply(redis, args);
      figures.watch(redis, serverOf(redis), infoOf);
      const scope = waiting.get(command);
      if (scope !== undefined) {
        waiting.delete(command);
        return scopes.run(scope, () => send.apply(redis, args));
      }
      const result = send.apply(redis, args);
      const active = memberOf(command, 'isTraced') === true ? undefined : scopes.getStore();
      if (active !== undefined) waiting.set(command, active);
      return result;
    }

    function execAsOne(pipeline: unknown, args: unknown[], exec: Method): unknown {
      // Inside of a transaction `exec` only adds EXEC to the queue.
      if (sending > 0 || Number(memberOf(pipeline, '_transactions')) > 0) return exec.apply(pipeline, args);
      const queue = memberOf(pipeline, '_queue');
      if (!Array.isArray(queue) || queue.length === 0) return exec.apply(pipeline, args);
      const isTransaction = memberOf(queue[0], 'name') === 'multi';
      const size = Math.max(0, queue.length - (isTransaction ? 2 : 0));
      const batch = commands.beginBatch(
        isTransaction ? 'MULTI' : 'PIPELINE',
        size,
        targetOf(memberOf(pipeline, 'redis')),
      );
      sending++;
      let result: unknown;
      try {
        result = exec.apply(pipeline, args);
      } finally {
        sending--;
      }
      return settled(result, error => {
        try {
          commands.endBatch(batch, error);
        } catch {
          recorder.fault('ioredis (pipeline)');
        }
      });
    }
  },
};

interface Command {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly promise: Promise<unknown>;
}

function isCommand(value: unknown): value is Command {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'args' in value &&
    Array.isArray(value.args) &&
    'promise' in value &&
    value.promise instanceof Promise
  );
}

function targetOf(redis: unknown): RedisTarget {
  const options = memberOf(redis, 'options');
  const [path, host, port, database] = ['path', 'host', 'port', 'db'].map(name => memberOf(options, name));
  const address = typeof path === 'string' ? path : typeof host === 'string' ? host : 'localhost';
  return {
    database: typeof database === 'number' ? database : 0,
    serverAddress: address,
    serverPort: typeof path !== 'string' && typeof port === 'number' ? port : undefined,
  };
}

function serverOf(redis: unknown): { readonly host: string; readonly port: number | undefined } {
  const { serverAddress, serverPort } = targetOf(redis);
  return { host: serverAddress, port: serverPort };
}

/** INFO over a connection of its own for that moment: the application's may be in a transaction, or wait for a job. */
async function infoOf(redis: object): Promise<ServerFigures | undefined> {
  const options = { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0, connectTimeout: 2000 };
  const own = callMethod(redis, 'duplicate', options);
  callMethod(own, 'on', 'error', () => {});
  try {
    const text = await callMethod(own, 'info');
    return typeof text === 'string' ? figuresOfInfo(text) : undefined;
  } finally {
    callMethod(own, 'disconnect');
  }
}

const noUndo = (): void => {};
