import type { Attributes } from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import type { Metric, MetricKind, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import type { RunningTask } from '../core/running-task.js';
import { childOf, newTrace, scopes, type Scope } from '../core/scope.js';
import { errorType, noDetail, type SpanDetail } from '../core/span-detail.js';
import { Surroundings } from '../core/surroundings.js';
import { observeDuration, spanKind, type Template } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';
import { failureAttributes } from './leaf-call.js';
import { settled } from './settled.js';
import { carrierOf, continueCarrier, type TraceCarrier } from './trace-carrier.js';
import { WorkerUtilization } from './worker-utilization.js';

/** What kind of work it is. Both are names that an application gives, not ids. */
export interface TaskKind {
  readonly queue: string;
  /** The type of the task (a job's name); '' where a queue holds one type. */
  readonly task: string;
}

/** One run of a task by a worker. */
export interface TaskRun extends TaskKind {
  readonly id: string | undefined;
  /** 1 for the first run; undefined where the library does not count. */
  readonly attempt: number | undefined;
  /** From when it could have been run to now; undefined when that is not known. */
  readonly waitMs: number | undefined;
  /** What the message brought along. */
  readonly carrier: unknown;
  /** Further facts for the span and for errors, such as the message's group. */
  readonly facts?: Attributes;
  /** What the application's function is given: a job, a message. */
  readonly subjects?: readonly unknown[];
}

/** How a run failed. */
export interface TaskFailure {
  /** undefined when the message was given back without one. */
  readonly error: unknown;
  /** `retry`: it will be run again; `dead`: it will not; `deferred`: it asked for a later run and is no failure; `unknown`: the library does not tell. */
  readonly next: 'retry' | 'dead' | 'deferred' | 'unknown';
}

/** A run that has begun. `scope` is what its work runs in. */
export interface OpenTask {
  readonly scope: Scope;
  /** To be called once; later calls do nothing. */
  readonly end: (failure: TaskFailure | undefined) => void;
}

/** Names per system; further queues and types are counted under `other`. */
const maxKinds = 500;

const keys = {
  id: attributeKey('messaging.message.id'),
  batch: attributeKey('messaging.batch.message_count'),
  attempt: attributeKey('bellwether.task.attempt'),
  error: attributeKey('error.type'),
};

interface Kind {
  readonly send: Template;
  readonly process: Template;
  readonly wait: Point;
  readonly retries: Point;
  readonly dead: Point;
}

/**
 * What every queue's instrumentation does with a message: a producer span around its sending, a consumer span in the same trace around its run, the times it waited and ran, retries and
 * what was given up, and how busy the workers are. A library's file finds the calls and where a trace can travel; this does the rest.
 */
export class TaskTelemetry {
  readonly workers: WorkerUtilization;
  readonly #recorder: Recorder;
  readonly #system: string;
  readonly #kinds = new Map<string, Map<string, Kind>>();
  #count = 0;

  /** `system`: `messaging.system`. */
  constructor(recorder: Recorder, system: string) {
    this.#recorder = recorder;
    this.#system = system;
    this.workers = new WorkerUtilization(recorder, system);
  }

  /**
   * Runs `call`, which queues `count` messages, in a span of its own, and hands on what it returns. It is given what each message is to carry; nothing when there is no trace to
   * go on with.
   */
  send(kind: TaskKind, count: number, call: (carrier: TraceCarrier | undefined) => unknown): unknown {
    const parent = scopes.getStore();
    if (parent !== undefined && !parent.hasSpan && !parent.sampled) return call(undefined);
    const detail = noDetail();
    const scope = parent === undefined ? newTrace(detail) : childOf(parent, detail);
    const startMs = nowMs();
    const ended = (error: unknown): void => {
      try {
        this.#sent(kind, count, { scope, parent, detail, startMs, error });
      } catch {
        this.#recorder.fault(`${this.#system} (sent)`);
      }
    };
    let result: unknown;
    try {
      const carrier = carrierOf(scope);
      result = scopes.run(scope, () => call(carrier));
    } catch (error) {
      ended(error ?? new Error('threw nothing'));
      throw error;
    }
    return settled(result, ended);
  }

  /** Begins a run; the library's file calls the work in `scope` and says how it ended. */
  begin(run: TaskRun): OpenTask {
    const detail = noDetail();
    const continued = continueCarrier(run.carrier, detail);
    const scope = continued?.scope ?? newTrace(detail);
    scope.shared.surroundings = surroundingsOf(this.#system, run);
    const { queue, task: type, subjects = [] } = run;
    const running: RunningTask = { queue, type, subjects, detail };
    scope.shared.task = running;
    const kind = this.#kind(run);
    const startMs = nowMs();
    if (run.waitMs !== undefined) kind.wait.histogram?.record(Math.max(0, run.waitMs) / 1000);
    if ((run.attempt ?? 1) > 1) kind.retries.value++;
    this.workers.begin(run.queue, startMs);
    let isOver = false;
    return {
      scope,
      end: failure => {
        if (isOver) return;
        isOver = true;
        try {
          const declared = running.type === type ? kind : this.#kind({ queue, task: running.type });
          this.#processed(run, declared, { scope, detail, startMs, failure, parent: continued });
        } catch {
          this.#recorder.fault(`${this.#system} (processed)`);
        }
      },
    };
  }

  /** A run that is over when `work`, or the promise that it returns, is. `nextOf` says what the library does after an error. */
  process(run: TaskRun, work: () => unknown, nextOf: (error: unknown) => TaskFailure['next']): unknown {
    let task: OpenTask;
    try {
      task = this.begin(run);
    } catch {
      this.#recorder.fault(`${this.#system} (process)`);
      return work();
    }
    const failed = (error: unknown): void => task.end({ error, next: nextOf(error) });
    let result: unknown;
    try {
      result = scopes.run(task.scope, work);
    } catch (error) {
      failed(error);
      throw error;
    }
    return settled(result, error => (error === undefined ? task.end(undefined) : failed(error)));
  }

  #sent(kind: TaskKind, count: number, { scope, parent, detail, startMs, error }: SentSpan): void {
    const template = this.#kind(kind).send;
    const failure = error === undefined ? '' : errorType(error);
    const endMs = nowMs();
    observeDuration(template, failure === '' ? 'ok' : failure, endMs - startMs, failureAttributes);
    if (!scope.sampled) return;
    const { spans } = this.#recorder;
    const before = spans.out.length;
    try {
      const [p0, p1] = [parent?.s0 ?? 0, parent?.s1 ?? 0];
      const start = spans.begin(scope, scope.s0, scope.s1, p0, p1, template, startMs, endMs);
      if (count > 1) spans.integer(keys.batch, count);
      if (failure !== '') spans.string(keys.error, failure);
      spans.detail(detail);
      spans.end(start, detail.status?.code ?? (failure === '' ? 0 : 2), detail.status?.message ?? failure);
    } catch (fault) {
      spans.cancel(before);
      throw fault;
    }
    this.#recorder.written();
  }

  #processed(run: TaskRun, kind: Kind, { scope, detail, startMs, failure, parent }: ProcessedSpan): void {
    const recorder = this.#recorder;
    const endMs = nowMs();
    this.workers.end(run.queue, endMs);
    const isFailed = failure !== undefined && failure.next !== 'deferred';
    const type = failure === undefined ? '' : isFailed ? failureType(failure.error) : 'deferred';
    const durationMs = endMs - startMs;
    observeDuration(kind.process, type === '' ? 'ok' : type, durationMs, outcomeAttributes);
    let reported: string | undefined;
    if (isFailed && failure.next === 'dead') kind.dead.value++;
    if (isFailed && failure.error !== undefined) {
      const level = failure.next === 'retry' ? 'warning' : 'error';
      reported = recorder.errors.exception(failure.error, {
        mechanism: { type: this.#system, handled: false },
        scope,
        level,
      });
    }
    if (!scope.sampled) return;
    const { spans } = recorder;
    const before = spans.out.length;
    try {
      const [p0, p1] = [parent?.parent0 ?? 0, parent?.parent1 ?? 0];
      const start = spans.begin(scope, scope.s0, scope.s1, p0, p1, kind.process, startMs, endMs);
      if (run.id !== undefined) spans.string(keys.id, run.id.slice(0, 200));
      if (run.attempt !== undefined) spans.integer(keys.attempt, run.attempt);
      if (run.waitMs !== undefined) spans.attribute('bellwether.task.wait_ms', Math.round(run.waitMs));
      for (const [key, value] of Object.entries(run.facts ?? {})) spans.attribute(key, value);
      if (isFailed) {
        spans.string(keys.error, type);
        spans.attribute('bellwether.task.next', failure.next);
        if (failure.error !== undefined) spans.exception(failure.error, endMs, reported);
      }
      spans.detail(detail);
      const message = isFailed && failure.error instanceof Error ? failure.error.message : '';
      spans.end(start, detail.status?.code ?? (isFailed ? 2 : 0), detail.status?.message ?? message);
    } catch (fault) {
      spans.cancel(before);
      throw fault;
    }
    recorder.written();
  }

  #kind({ queue, task }: TaskKind): Kind {
    const byTask = this.#kinds.get(queue);
    const known = byTask?.get(task);
    if (known !== undefined) return known;
    if (this.#count >= maxKinds) {
      const other = this.#kinds.get('other')?.get('');
      if (other !== undefined) return other;
      return this.#keep('other', '');
    }
    return this.#keep(queue.slice(0, 200), task.slice(0, 200), queue, task);
  }

  #keep(queue: string, task: string, queueKey = queue, taskKey = task): Kind {
    this.#count++;
    const made = this.#make(queue, task);
    let byTask = this.#kinds.get(queueKey);
    if (byTask === undefined) {
      byTask = new Map();
      this.#kinds.set(queueKey, byTask);
    }
    byTask.set(taskKey, made);
    return made;
  }

  #make(queue: string, task: string): Kind {
    const attributes: Attributes = {
      'messaging.system': this.#system,
      'messaging.destination.name': queue,
      ...(task === '' ? {} : { 'bellwether.task.type': task }),
    };
    const template = (operation: 'send' | 'process', metric: Metric): Template => {
      const own = { 'messaging.operation.name': operation, 'messaging.operation.type': operation, ...attributes };
      const overflow = { 'messaging.operation.name': operation, 'messaging.system': this.#system };
      const kind = operation === 'send' ? spanKind.producer : spanKind.consumer;
      return this.#recorder.templates.create(
        { name: `${operation} ${queue}`, kind, attributes: own, metric, metricAttributes: own },
        { name: operation, kind, attributes: overflow, metric, metricAttributes: overflow },
      );
    };
    return {
      send: template(
        'send',
        this.#metric('messaging.client.operation.duration', 's', 'histogram', 'Time of sending messages'),
      ),
      process: template(
        'process',
        this.#metric('messaging.process.duration', 's', 'histogram', 'Time of processing a message'),
      ),
      wait: this.#metric(
        'messaging.message.wait.duration',
        's',
        'histogram',
        'Time from when a message could be processed until it was',
      ).point(attributes),
      retries: this.#metric(
        'messaging.message.retries',
        '{message}',
        'counter',
        'Runs of a message that are not its first',
      ).point(attributes),
      dead: this.#metric(
        'messaging.message.dead_letters',
        '{message}',
        'counter',
        'Messages that failed and are not run again',
      ).point(attributes),
    };
  }

  #metric(name: string, unit: string, kind: MetricKind, description: string): Metric {
    return this.#recorder.metrics.metric({ name, unit, kind, description, scope: '@bellwether/node' });
  }
}

interface SentSpan {
  readonly scope: Scope;
  readonly parent: Scope | undefined;
  readonly detail: SpanDetail;
  readonly startMs: number;
  readonly error: unknown;
}

interface ProcessedSpan {
  readonly scope: Scope;
  readonly detail: SpanDetail;
  readonly startMs: number;
  readonly failure: TaskFailure | undefined;
  readonly parent: { readonly parent0: number; readonly parent1: number } | undefined;
}

function failureType(error: unknown): string {
  return error === undefined ? 'rejected' : errorType(error);
}

/** A deferred run is told apart from a done one, and is no error. */
function outcomeAttributes(outcome: string | number): Attributes {
  return outcome === 'deferred' ? { 'bellwether.task.outcome': 'deferred' } : failureAttributes(outcome);
}

/** What errors in the task say of it. */
function surroundingsOf(system: string, { queue, task, id, attempt, facts }: TaskRun): Surroundings {
  const surroundings = new Surroundings();
  surroundings.contexts.set('task', {
    system,
    queue: queue.slice(0, 200),
    ...(task === '' ? {} : { type: task.slice(0, 200) }),
    ...(id === undefined ? {} : { id: id.slice(0, 200) }),
    ...(attempt === undefined ? {} : { attempt }),
    ...Object.fromEntries(Object.entries(facts ?? {}).filter(([, value]) => typeof value === 'string')),
  });
  return surroundings;
}
