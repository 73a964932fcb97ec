import type { Attributes, Link } from '@opentelemetry/api';
import { limits } from '../core/record-limits.js';
import { noDetail } from '../core/span-detail.js';
import { type Scope, scopes } from '../core/scope.js';
import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation } from './instrumentation.js';
import { PartitionLags } from './partition-lags.js';
import { quietly } from './quiet-scope.js';
import { QueueDepths } from './queue-depths.js';
import { type TaskRun, TaskTelemetry } from './task-telemetry.js';
import { continueCarrier, type TraceCarrier } from './trace-carrier.js';
import { wrap } from './wrap.js';

/** Topics of one consumer that have a slot, and partitions whose last failure is kept in mind. */
const maxTopics = 200;
const maxPartitions = 1000;

/**
 * kafkajs 1.16 and 2: what producers and their transactions send, and what consumers do with each message or batch. The trace travels in the message's headers; a batch goes on with the trace of
 * its messages when they have one and the same, and is linked to them when not.
 */
export const kafkajs: Instrumentation = {
  name: 'kafkajs',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const tasks = new TaskTelemetry(recorder, 'kafka');
    const depths = new QueueDepths(recorder, 'kafka');
    const lagsOf = new WeakMap<object, PartitionLags>();
    // Producers and consumers are plain objects, made one by one: they stay as they are when we go.
    let isAttached = true;
    tools.undo(() => {
      isAttached = false;
      depths.stop();
    });

    tools.onLoad('kafkajs', (exports, version) => {
      const Kafka = memberOf(exports, 'Kafka');
      if (typeof Kafka !== 'function') return;
      const undos = [
        wrap(Kafka.prototype, 'producer', (kafka, args, make) => {
          const producer = make.apply(kafka, args);
          guarded('producer', () => watchProducer(producer));
          return producer;
        }),
        wrap(Kafka.prototype, 'consumer', (kafka, args, make) => {
          const consumer = make.apply(kafka, args);
          guarded('consumer', () => watchConsumer(consumer, String(memberOf(args[0], 'groupId'))));
          return consumer;
        }),
      ];
      for (const undo of undos) if (undo !== undefined) tools.undo(undo);
      tools.seen(version);
    });

    function watchProducer(producer: unknown): void {
      watchSends(producer);
      if (typeof producer !== 'object' || producer === null) return;
      wrap(producer, 'transaction', (self, args, begin) => {
        const begun = begin.apply(self, args);
        if (!(begun instanceof Promise)) return begun;
        return begun.then((transaction: unknown) => {
          guarded('transaction', () => watchSends(transaction));
          return transaction;
        });
      });
    }

    function watchSends(target: unknown): void {
      if (typeof target !== 'object' || target === null) return;
      wrap(target, 'send', (self, args, send) => {
        const [record, ...rest] = args;
        const messages = memberOf(record, 'messages');
        if (!isAttached || !Array.isArray(messages)) return send.apply(self, args);
        return tasks.send({ queue: String(memberOf(record, 'topic')), task: '' }, messages.length, carrier =>
          send.call(self, withTrace(record, carrier), ...rest),
        );
      });
      wrap(target, 'sendBatch', (self, args, sendBatch) => {
        const [batch, ...rest] = args;
        const records = memberOf(batch, 'topicMessages');
        if (!isAttached || !Array.isArray(records)) return sendBatch.apply(self, args);
        const topics = new Set(records.map(record => String(memberOf(record, 'topic'))));
        const [only = ''] = topics;
        const count = records.reduce<number>((sum, record) => sum + lengthOf(memberOf(record, 'messages')), 0);
        return tasks.send({ queue: topics.size === 1 ? only : '(several)', task: '' }, count, carrier =>
          sendBatch.call(
            self,
            { ...Object(batch), topicMessages: records.map(record => withTrace(record, carrier)) },
            ...rest,
          ),
        );
      });
    }

    function watchConsumer(consumer: unknown, group: string): void {
      if (typeof consumer !== 'object' || consumer === null) return;
      const lags = new PartitionLags();
      lagsOf.set(consumer, lags);
      const held = new WeakRef(consumer);
      const ended = memberOf(memberOf(consumer, 'events'), 'END_BATCH_PROCESS');
      callMethod(consumer, 'on', ended, (event: unknown) => {
        const owner = held.deref();
        if (isAttached && owner !== undefined)
          guarded('lag', () => noteLag(owner, group, lags, memberOf(event, 'payload')));
      });
      const joined = memberOf(memberOf(consumer, 'events'), 'GROUP_JOIN');
      callMethod(consumer, 'on', joined, (event: unknown) => {
        guarded('rebalance', () => lags.keepAssigned(memberOf(memberOf(event, 'payload'), 'memberAssignment')));
      });
      wrap(consumer, 'run', (self, args, run) => {
        const [options, ...rest] = args;
        const [each, batch] = [memberOf(options, 'eachMessage'), memberOf(options, 'eachBatch')];
        const work = new ConsumerWork(group, Number(memberOf(options, 'partitionsConsumedConcurrently')) || 1);
        const own = {
          ...Object(options),
          ...(typeof each === 'function' ? { eachMessage: watched(work, each, messageRun) } : {}),
          ...(typeof batch === 'function' ? { eachBatch: watched(work, batch, batchRun) } : {}),
        };
        // Fetching, heartbeats and rebalancing are no trace.
        return quietly(() => run.call(self, own, ...rest));
      });
    }

    /** The application's function, with each of its calls as a run of what `runOf` reads of its payload. */
    function watched(work: ConsumerWork, handler: Function, runOf: typeof messageRun): unknown {
      return function (this: unknown, ...args: unknown[]): unknown {
        const call = (): unknown => Reflect.apply(handler, this, args);
        if (!isAttached) return call();
        let run: TaskRun;
        let links: readonly Link[];
        try {
          [run, links] = runOf(args[0], work);
          const { queue } = run;
          tasks.workers.watch(queue, work.slot(queue), () => work.concurrency);
        } catch {
          recorder.fault('kafkajs (process)');
          return call();
        }
        const linked = (): unknown => {
          link(scopes.getStore(), links);
          return call();
        };
        return tasks.process(run, linked, error => {
          work.failed(run);
          return isFatal(error) ? 'unknown' : 'retry';
        });
      };
    }

    function noteLag(consumer: object, group: string, lags: PartitionLags, payload: unknown): void {
      if (!lags.note(payload)) return;
      const topic = String(memberOf(payload, 'topic'));
      depths.watchNamed(`${topic} ${group}`, consumer, owner => Promise.resolve(lagOf(owner, topic, group)));
    }

    function lagOf(consumer: object, topic: string, group: string) {
      const waiting = lagsOf.get(consumer)?.waiting(topic);
      if (waiting === undefined) return undefined;
      return {
        states: { waiting },
        attributes: { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group },
      };
    }

    function guarded(what: string, run: () => void): void {
      try {
        run();
      } catch {
        recorder.fault(`kafkajs (${what})`);
      }
    }
  },
};

/** What is kept of a running consumer: which messages have failed before, and what stands for its workers. */
class ConsumerWork {
  readonly group: string;
  readonly concurrency: number;
  readonly #failures = new Map<string, { readonly offset: string; readonly times: number }>();
  readonly #slots = new Map<string, object>();

  constructor(group: string, concurrency: number) {
    this.group = group;
    this.concurrency = concurrency;
  }

  /** One object per topic, as long as the consumer is. */
  slot(topic: string): object {
    let slot = this.#slots.get(topic);
    if (slot === undefined) {
      slot = {};
      if (this.#slots.size < maxTopics) this.#slots.set(topic, slot);
    }
    return slot;
  }

  /** 1 for what has not failed before. Of a partition only its last failure is known: nothing comes after it until it is done. */
  attempt(topic: string, partition: unknown, offset: string): number {
    if (this.#failures.size === 0) return 1;
    const before = this.#failures.get(`${topic} ${String(partition)}`);
    return before?.offset === offset ? before.times + 1 : 1;
  }

  failed({ queue, attempt, facts }: TaskRun): void {
    const key = `${queue} ${String(facts?.['messaging.destination.partition.id'])}`;
    const known = this.#failures.has(key);
    if (known || this.#failures.size < maxPartitions)
      this.#failures.set(key, { offset: String(facts?.['messaging.kafka.offset']), times: attempt ?? 1 });
  }
}

/** What threw is delivered again, for its offset is not committed; after an error like these the consumer stands still until somebody starts it anew. */
function isFatal(error: unknown): boolean {
  return (
    memberOf(error, 'retriable') === false ||
    [TypeError, RangeError, ReferenceError, SyntaxError].some(kind => error instanceof kind)
  );
}

const noLinks: readonly Link[] = [];

function messageRun(payload: unknown, work: ConsumerWork): [TaskRun, readonly Link[]] {
  const [topic, partition, message] = [
    String(memberOf(payload, 'topic')),
    memberOf(payload, 'partition'),
    memberOf(payload, 'message'),
  ];
  const run = {
    queue: topic,
    task: '',
    id: undefined,
    attempt: work.attempt(topic, partition, String(memberOf(message, 'offset'))),
    waitMs: waitOf(message),
    carrier: memberOf(message, 'headers'),
    facts: factsOf(work.group, partition, message),
  };
  return [run, noLinks];
}

function batchRun(payload: unknown, work: ConsumerWork): [TaskRun, readonly Link[]] {
  const batch = memberOf(payload, 'batch');
  const [topic, partition, messages] = [
    String(memberOf(batch, 'topic')),
    memberOf(batch, 'partition'),
    memberOf(batch, 'messages'),
  ];
  const all: readonly unknown[] = Array.isArray(messages) ? messages : [];
  const [first] = all;
  const links = linksOf(all);
  const run = {
    queue: topic,
    task: '',
    id: undefined,
    attempt: work.attempt(topic, partition, String(memberOf(first, 'offset'))),
    // Of the one that waited longest.
    waitMs: waitOf(first),
    carrier: links.length > 1 ? undefined : memberOf(first, 'headers'),
    facts: { ...factsOf(work.group, partition, first), 'messaging.batch.message_count': all.length },
  };
  return [run, links.length > 1 ? links : noLinks];
}

/** The different spans that sent `messages`. */
function linksOf(messages: readonly unknown[]): readonly Link[] {
  const links = new Map<string, Link>();
  for (const message of messages) {
    if (links.size >= limits.spanLinks) break;
    const continued = continueCarrier(memberOf(message, 'headers'), noDetail());
    if (continued === undefined) continue;
    const { traceId, sampled } = continued.scope;
    const spanId = hex(continued.parent0) + hex(continued.parent1);
    links.set(traceId + spanId, { context: { traceId, spanId, traceFlags: sampled ? 1 : 0 } });
  }
  return [...links.values()];
}

function link(scope: Scope | undefined, links: readonly Link[]): void {
  const detail = scope?.detail;
  if (links.length > 0 && detail !== undefined) detail.links = [...(detail.links ?? []), ...links];
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

function factsOf(group: string, partition: unknown, message: unknown): Attributes {
  return {
    'messaging.consumer.group.name': group,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': Number(memberOf(message, 'offset')),
  };
}

/** Kafka's timestamp is milliseconds as a text, of the producer's clock or the broker's. */
function waitOf(message: unknown): number | undefined {
  const sentMs = Number(memberOf(message, 'timestamp'));
  return sentMs > 0 ? Math.max(0, Date.now() - sentMs) : undefined;
}

/** The record of one topic, its messages with the trace in their headers; the caller's own are not changed. */
function withTrace(record: unknown, carrier: TraceCarrier | undefined): unknown {
  const messages = memberOf(record, 'messages');
  if (carrier === undefined || !Array.isArray(messages)) return record;
  return {
    ...Object(record),
    messages: messages.map((message: unknown) => {
      const headers = memberOf(message, 'headers');
      if (typeof message !== 'object' || message === null || memberOf(headers, 'traceparent') !== undefined)
        return message;
      return { ...message, headers: { ...(typeof headers === 'object' ? headers : {}), ...carrier } };
    }),
  };
}
