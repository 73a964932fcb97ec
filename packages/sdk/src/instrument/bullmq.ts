import { memberOf } from '../errors/member-of.js';
import { callMethod } from './call-method.js';
import type { Instrumentation, Tools } from './instrumentation.js';
import { quietly } from './quiet-scope.js';
import { type QueueDepth, QueueDepths } from './queue-depths.js';
import { type TaskFailure, TaskTelemetry } from './task-telemetry.js';
import { parseCarrier, type TraceCarrier } from './trace-carrier.js';
import { wrap } from './wrap.js';

const maxFlowJobs = 1000;
const maxPriorities = 20;

/**
 * BullMQ ≥ 5. The trace travels where the library keeps that of its own `telemetry` option: in the job's options, not in its data. A queue or worker that has that option set tells of
 * itself, and is left alone.
 */
export const bullmq: Instrumentation = {
  name: 'bullmq',
  via: 'patch',
  attach(tools) {
    const { recorder } = tools;
    const tasks = new TaskTelemetry(recorder, 'bullmq');
    const depths = new QueueDepths(recorder, 'bullmq');
    tools.undo(() => depths.stop());
    /** Priorities that jobs of a queue had: only these are asked for. */
    const priorities = new Map<string, Set<number>>();
    /** By class, for a bundler changes their names. */
    const [deferring, unrecoverable]: [Function[], Function[]] = [[], []];

    tools.onLoad('bullmq', (exports, version) => {
      const [Queue, Worker, FlowProducer, QueueGetters] = ['Queue', 'Worker', 'FlowProducer', 'QueueGetters'].map(
        name => memberOf(exports, name),
      );
      if (typeof Queue !== 'function' || typeof Worker !== 'function') return;
      keepClasses(deferring, exports, ['DelayedError', 'WaitingError', 'WaitingChildrenError', 'RateLimitError']);
      keepClasses(unrecoverable, exports, ['UnrecoverableError']);
      watchQueue(Queue.prototype);
      if (typeof FlowProducer === 'function') watchFlows(FlowProducer.prototype);
      watchWorker(Worker.prototype, typeof QueueGetters === 'function' ? QueueGetters.prototype : undefined);
      tools.seen(version);
    });

    function watchQueue(prototype: object): void {
      undoable(
        tools,
        wrap(prototype, 'add', (queue, args, add) => {
          const [name, data, options] = args;
          if (hasTelemetry(queue)) return add.apply(queue, args);
          return tasks.send({ queue: nameOf(queue), task: String(name) }, 1, carrier =>
            add.call(queue, name, data, withTrace(options, carrier)),
          );
        }),
      );
      undoable(
        tools,
        wrap(prototype, 'addBulk', (queue, args, addBulk) => {
          const [jobs] = args;
          if (hasTelemetry(queue) || !Array.isArray(jobs)) return addBulk.apply(queue, args);
          const names = new Set(jobs.map(job => String(memberOf(job, 'name'))));
          const [only = ''] = names;
          return tasks.send({ queue: nameOf(queue), task: names.size === 1 ? only : '' }, jobs.length, carrier =>
            addBulk.call(
              queue,
              jobs.map(job => withOptions(job, carrier)),
            ),
          );
        }),
      );
    }

    function watchFlows(prototype: object): void {
      undoable(
        tools,
        wrap(prototype, 'add', (producer, args, add) => {
          const [flow, ...rest] = args;
          if (memberOf(producer, 'telemetry') !== undefined) return add.apply(producer, args);
          const kind = { queue: String(memberOf(flow, 'queueName')), task: String(memberOf(flow, 'name')) };
          const counted = { jobs: 0 };
          flowWithTrace(flow, undefined, counted);
          return tasks.send(kind, counted.jobs, carrier =>
            add.call(producer, flowWithTrace(flow, carrier, { jobs: 0 }), ...rest),
          );
        }),
      );
    }

    function watchWorker(prototype: object, getters: object | undefined): void {
      // What a worker does to get jobs, and to keep them, is no trace.
      undoable(
        tools,
        wrap(prototype, 'run', (worker, args, run) => {
          if (typeof worker === 'object' && worker !== null) {
            const queue = nameOf(worker);
            tasks.workers.watch(queue, worker, owner => Number(memberOf(owner, 'concurrency') ?? 1));
            if (getters !== undefined)
              depths.watch(queue, worker, owner => depthOf(owner, getters, priorities.get(queue)));
          }
          return quietly(() => run.apply(worker, args));
        }),
      );
      undoable(
        tools,
        wrap(prototype, 'callProcessJob', (worker, args, call) => {
          const [job] = args;
          if (hasTelemetry(worker)) return call.apply(worker, args);
          const options = memberOf(job, 'opts');
          const [attemptsMade, allowed] = [
            Number(memberOf(job, 'attemptsMade')) || 0,
            Number(memberOf(options, 'attempts')) || 1,
          ];
          const queue = nameOf(worker);
          notePriority(queue, Number(memberOf(options, 'priority')));
          const run = {
            queue,
            task: String(memberOf(job, 'name')),
            id: textOf(memberOf(job, 'id')),
            subjects: [job],
            attempt: attemptsMade + 1,
            // A retry waits from its last run on, which the job does not tell.
            waitMs: attemptsMade === 0 ? waitOf(job) : undefined,
            carrier: parseCarrier(memberOf(memberOf(options, 'telemetry'), 'metadata')),
          };
          const nextOf = (error: unknown): TaskFailure['next'] => {
            if (isDeferral(error) || isOneOf(deferring, error)) return 'deferred';
            const isLast =
              attemptsMade + 1 >= allowed ||
              memberOf(error, 'name') === 'UnrecoverableError' ||
              isOneOf(unrecoverable, error);
            return isLast || memberOf(job, 'discarded') === true ? 'dead' : 'retry';
          };
          return tasks.process(run, () => call.apply(worker, args), nextOf);
        }),
      );
    }

    function notePriority(queue: string, priority: number): void {
      if (!(priority > 0)) return;
      let known = priorities.get(queue);
      if (known === undefined) {
        known = new Set();
        if (priorities.size < 200) priorities.set(queue, known);
      }
      if (known.size < maxPriorities) known.add(priority);
    }
  },
};

function undoable(tools: Tools, undo: (() => void) | undefined): void {
  if (undo !== undefined) tools.undo(undo);
}

const nameOf = (queue: unknown): string => String(memberOf(queue, 'name'));
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const hasTelemetry = (queue: unknown): boolean => memberOf(memberOf(queue, 'opts'), 'telemetry') !== undefined;

/** The job's options with the trace; the caller's own object is not changed. */
function withTrace(options: unknown, carrier: TraceCarrier | undefined): unknown {
  const own = typeof options === 'object' && options !== null ? options : {};
  if (carrier === undefined || memberOf(own, 'telemetry') !== undefined) return options;
  return { ...own, telemetry: { metadata: JSON.stringify(carrier) } };
}

function withOptions(job: unknown, carrier: TraceCarrier | undefined): unknown {
  if (typeof job !== 'object' || job === null) return job;
  return { ...job, opts: withTrace(memberOf(job, 'opts'), carrier) };
}

/** A flow whose jobs all carry the trace; jobs over a bound are left as they are. */
function flowWithTrace(
  flow: unknown,
  carrier: TraceCarrier | undefined,
  counted: { jobs: number },
  depth = 0,
): unknown {
  if (typeof flow !== 'object' || flow === null || counted.jobs >= maxFlowJobs || depth > 50) return flow;
  counted.jobs++;
  const children = memberOf(flow, 'children');
  const job = { ...flow, opts: withTrace(memberOf(flow, 'opts'), carrier) };
  if (!Array.isArray(children)) return job;
  return { ...job, children: children.map(child => flowWithTrace(child, carrier, counted, depth + 1)) };
}

/** From when the job was due to when a worker took it; both are the clock of whoever asked Redis, in milliseconds. */
function waitOf(job: unknown): number | undefined {
  const [processedOn, timestamp, delay] = ['processedOn', 'timestamp', 'delay'].map(name =>
    Number(memberOf(job, name)),
  );
  if (processedOn === undefined || timestamp === undefined || !(processedOn > 0) || !(timestamp > 0)) return undefined;
  return Math.max(0, processedOn - timestamp - (delay ?? 0));
}

function keepClasses(kept: Function[], exports: unknown, names: readonly string[]): void {
  for (const name of names) {
    const found = memberOf(exports, name);
    if (typeof found === 'function' && kept.length < 50) kept.push(found);
  }
}

const isOneOf = (classes: readonly Function[], error: unknown): boolean => classes.some(one => error instanceof one);

/** What a processor throws to say that the job is to wait. */
function isDeferral(error: unknown): boolean {
  const name = memberOf(error, 'name');
  if (name === 'DelayedError' || name === 'WaitingError' || name === 'WaitingChildrenError') return true;
  return memberOf(error, 'message') === 'bullmq:rateLimitExceeded';
}

/** Asked through the worker's own connection, by the getters that a queue has: they need no more than what a worker has too. */
async function depthOf(
  worker: object,
  getters: object,
  priorities: ReadonlySet<number> | undefined,
): Promise<QueueDepth> {
  const { constructor: _, ...own } = Object.getOwnPropertyDescriptors(getters);
  const queue: unknown = Object.create(worker, own);
  const states = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children', 'paused', 'failed'];
  const counts = await callMethod(queue, 'getJobCounts', ...states);
  const byPriority = new Map<number, number>();
  if (priorities !== undefined) {
    const found = await callMethod(queue, 'getCountsPerPriority', [...priorities]);
    for (const priority of priorities) byPriority.set(priority, Number(memberOf(found, String(priority))) || 0);
  }
  const oldest = await Promise.all(
    ['waiting', 'prioritized'].map(async state => {
      const jobs = await callMethod(queue, 'getJobs', [state], 0, 0, true);
      return Array.isArray(jobs) ? Number(memberOf(jobs[0], 'timestamp')) : Number.NaN;
    }),
  );
  const since = Math.min(...oldest.filter(timestamp => timestamp > 0));
  return {
    states: Object.fromEntries(states.map(state => [state, Number(memberOf(counts, state))])),
    priorities: byPriority,
    oldestMs: Number.isFinite(since) ? Date.now() - since : undefined,
  };
}
