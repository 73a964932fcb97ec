import { scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation, Tools } from './instrumentation.js';
import { type QueueDepth, QueueDepths } from './queue-depths.js';
import { type OpenTask, type TaskFailure, TaskTelemetry } from './task-telemetry.js';
import type { TraceCarrier } from './trace-carrier.js';
import { type Method, wrap } from './wrap.js';

/** Messages of one channel that are not acknowledged yet; of further ones the run ends when their handler returns. */
const maxOpen = 10_000;

/**
 * amqplib ≥ 0.10 (RabbitMQ), with promises and with callbacks. The trace travels in the message's headers. A run lasts from the delivery until the message is acknowledged, rejected or given
 * back; without acknowledgements until the handler is done.
 */
export const amqplib: Instrumentation = {
  name: 'amqplib',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const tasks = new TaskTelemetry(recorder, 'rabbitmq');
    const depths = new QueueDepths(recorder, 'rabbitmq');
    tools.undo(() => depths.stop());
    const openByChannel = new WeakMap<object, Map<number, OpenTask>>();
    const prefetched = new WeakMap<object, number>();

    tools.onLoad('amqplib/lib/channel_model', exports => watchChannel(memberOf(exports, 'Channel'), true));
    tools.onLoad('amqplib/lib/callback_model', exports => watchChannel(memberOf(exports, 'Channel'), false));
    tools.onLoad('amqplib', (_exports, version) => tools.seen(version));

    function watchChannel(Channel: unknown, hasPromises: boolean): void {
      if (typeof Channel !== 'function') return;
      const { prototype } = Channel;
      tools.seen();
      patch(tools, prototype, 'publish', (channel, args, publish) => {
        const [exchange, key, content, options, ...rest] = args;
        const queue = destination(exchange, key);
        const type = memberOf(options, 'type');
        return tasks.send({ queue, task: typeof type === 'string' ? type : '' }, 1, carrier =>
          publish.call(channel, exchange, key, content, withTrace(options, carrier), ...rest),
        );
      });
      patch(tools, prototype, 'prefetch', (channel, args, prefetch) => {
        if (typeof channel === 'object' && channel !== null && typeof args[0] === 'number')
          prefetched.set(channel, args[0]);
        return prefetch.apply(channel, args);
      });
      patch(tools, prototype, 'consume', (channel, args, consume) => {
        const [queue, handler, options, ...rest] = args;
        if (typeof handler !== 'function' || typeof channel !== 'object' || channel === null)
          return consume.apply(channel, args);
        const name = typeof queue === 'string' ? named(queue) : String(queue);
        const isAcknowledged = memberOf(options, 'noAck') !== true;
        tasks.workers.watch(name, channel, owner => prefetched.get(owner) ?? 0);
        if (hasPromises && typeof queue === 'string') depths.watchNamed(name, channel, owner => depthOf(owner, queue));
        const handled = (message: unknown): unknown =>
          message === null
            ? Reflect.apply(handler, undefined, [message])
            : processed(channel, name, message, isAcknowledged, () => Reflect.apply(handler, undefined, [message]));
        return consume.call(channel, queue, handled, options, ...rest);
      });
      const settles = (
        name: string,
        failureOf: (args: readonly unknown[]) => TaskFailure | undefined,
        all: 'all' | number,
      ): void =>
        patch(tools, prototype, name, (channel, args, method) => {
          const result = method.apply(channel, args);
          const tag = all === 'all' ? Infinity : memberOf(memberOf(args[0], 'fields'), 'deliveryTag');
          const isAll = all === 'all' || args[all] === true;
          if (typeof tag === 'number') settle(channel, tag, isAll, failureOf(args));
          return result;
        });
      const never = -1;
      settles('ack', () => undefined, 1);
      settles('ackAll', () => undefined, 'all');
      settles('nack', args => given(args[2]), 1);
      settles('nackAll', args => given(args[0]), 'all');
      settles('reject', args => given(args[1]), never);
    }

    function processed(
      channel: object,
      queue: string,
      message: unknown,
      isAcknowledged: boolean,
      work: () => unknown,
    ): unknown {
      const [fields, properties] = [memberOf(message, 'fields'), memberOf(message, 'properties')];
      const headers = memberOf(properties, 'headers');
      const tag = memberOf(fields, 'deliveryTag');
      const [id, type, timestamp] = ['messageId', 'type', 'timestamp'].map(name => memberOf(properties, name));
      const deaths = Number(memberOf(firstOf(memberOf(headers, 'x-death')), 'count')) || 0;
      const run = {
        queue,
        task: typeof type === 'string' ? type : '',
        id: typeof id === 'string' ? id : undefined,
        attempt: deaths + (memberOf(fields, 'redelivered') === true ? 2 : 1),
        // AMQP's timestamp has seconds, and is the application's.
        waitMs:
          typeof timestamp === 'number' && timestamp > 1e9 && timestamp < 1e11
            ? Date.now() - timestamp * 1000
            : undefined,
        carrier: headers,
        subjects: [message],
      };
      const open = openTasks(channel);
      if (!isAcknowledged || typeof tag !== 'number' || open.size >= maxOpen)
        return tasks.process(run, work, () => 'unknown');
      let task: OpenTask;
      try {
        task = tasks.begin(run);
      } catch {
        recorder.fault('rabbitmq (process)');
        return work();
      }
      open.set(tag, task);
      try {
        const result = scopes.run(task.scope, work);
        // amqplib lets go of it: what rejects is unhandled with us as it is without.
        if (result instanceof Promise) return result.catch((error: unknown) => fail(open, tag, error));
        return result;
      } catch (error) {
        return fail(open, tag, error);
      }
    }

    function openTasks(channel: object): Map<number, OpenTask> {
      let open = openByChannel.get(channel);
      if (open === undefined) {
        open = new Map();
        openByChannel.set(channel, open);
        const ends = open;
        // The broker gives what was not acknowledged to somebody else.
        callMethod(channel, 'once', 'close', () => {
          for (const task of ends.values()) task.end({ error: undefined, next: 'retry' });
          ends.clear();
        });
      }
      return open;
    }

    function settle(channel: unknown, tag: number, isAll: boolean, failure: TaskFailure | undefined): void {
      const open = typeof channel === 'object' && channel !== null ? openByChannel.get(channel) : undefined;
      if (open === undefined) return;
      const end = (at: number): void => {
        open.get(at)?.end(failure);
        open.delete(at);
      };
      if (!isAll) return end(tag);
      for (const at of open.keys()) if (at <= tag) end(at);
    }
  },
};

function patch(
  tools: Tools,
  target: object,
  name: string,
  around: (self: unknown, args: unknown[], method: Method) => unknown,
): void {
  const undo = wrap(target, name, around);
  if (undo !== undefined) tools.undo(undo);
}

const given = (requeue: unknown): TaskFailure => ({
  error: undefined,
  next: requeue === false ? 'dead' : 'retry',
});

function fail(open: Map<number, OpenTask>, tag: number, error: unknown): never {
  open.get(tag)?.end({ error: error ?? new Error('threw nothing'), next: 'unknown' });
  open.delete(tag);
  throw error;
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

/** An exchange by its name; the default exchange by the queue that is its routing key. */
function destination(exchange: unknown, key: unknown): string {
  return typeof exchange === 'string' && exchange !== '' ? exchange : named(String(key));
}

/** Names that the broker or a library makes up are as many as there are connections. */
function named(queue: string): string {
  return queue === '' || queue.startsWith('amq.') || /[\da-f]{16}/i.test(queue) || /[\da-f]{8}-[\da-f]{4}-/i.test(queue)
    ? '(anonymous)'
    : queue;
}

/** The caller's options and headers with the trace in them; theirs are not changed. */
function withTrace(options: unknown, carrier: TraceCarrier | undefined): unknown {
  const headers = memberOf(options, 'headers');
  if (carrier === undefined || memberOf(headers, 'traceparent') !== undefined) return options;
  const own = typeof options === 'object' ? options : {};
  return { ...own, headers: { ...(typeof headers === 'object' ? headers : {}), ...carrier } };
}

/** Asked over a channel of its own: a queue that is gone closes the channel that asks for it. */
async function depthOf(channel: object, queue: string): Promise<QueueDepth | undefined> {
  const [Channel, connection] = [memberOf(channel, 'constructor'), memberOf(channel, 'connection')];
  if (typeof Channel !== 'function' || connection === undefined) return undefined;
  const own: unknown = Reflect.construct(Channel, [connection]);
  callMethod(own, 'on', 'error', () => {});
  await callMethod(own, 'open');
  const found = await callMethod(own, 'checkQueue', queue);
  await callMethod(own, 'close');
  return { states: { waiting: Number(memberOf(found, 'messageCount')) } };
}
