import type { QueueRow, TaskRow, TasksAnswer } from '@bellwether/model';
import type { Asker } from '../asker.js';
import { callFigures } from '../calls/call-figures.js';
import { readPeers } from '../calls/read-calls.js';
import { callSteps } from '../databases/list-databases.js';
import {
  inEnvironment,
  MetricQuestions,
  type MetricReader,
  type MetricSeries,
  type MetricValue,
  rangeOf,
} from '../metric-reader.js';
import { windowSeconds } from '../red.js';
import { type TimeWindow, chooseSteps } from '../time-window.js';
import { drainEstimate } from './drain-estimate.js';
import { readTaskSpans } from './read-task-spans.js';

export interface TasksQuestion extends TimeWindow {
  readonly env: string | undefined;
  /** One queue alone. */
  readonly queue: string | undefined;
  readonly nowMs: number;
}

const maxQueues = 200;
const maxTasks = 300;
const maxDepths = 7;
const sparkSteps = 30;

/** Messages in these states could be worked on now. */
const readyStates = 'waiting|prioritized|retry|ready';
const ready = new Set(readyStates.split('|'));

const byQueue = '(messaging_system, messaging_destination_name)';
const byTask = '(job, messaging_system, messaging_destination_name, bellwether_task_type)';
const depthLabels = 'messaging_system, messaging_destination_name, bellwether_task_state';
/** A run that only asks for a later one did not fail. */
const failed = 'error_type!~"|deferred"';

/** Every panel of the page Tasks & queues. */
export async function listTasks(asker: Asker, reader: MetricReader, question: TasksQuestion): Promise<TasksAnswer> {
  const { env, queue, fromMs, toMs, nowMs } = question;
  const steps = callSteps(question);
  const sparks = chooseSteps(steps.window, sparkSteps, steps.stepMs);
  const seconds = windowSeconds(steps, nowMs);
  const metrics = new MetricQuestions(reader, asker);
  const range = rangeOf(toMs - fromMs);
  const grown = (selector: string): string => inEnvironment(`increase(${selector}[${range}])`, env);
  const rate = (selector: string): string => inEnvironment(`rate(${selector}[${rangeOf(steps.stepMs)}])`, env);
  const runs = grown('messaging_process_duration_seconds');
  const waiting = `sum by ${byQueue} (${depthByState(`bellwether_task_state=~"${readyStates}"`, env)})`;
  const waits = `sum by (messaging_system, messaging_destination_name, bellwether_task_type) (${grown('messaging_message_wait_duration_seconds')})`;
  const count = (metric: string): string =>
    `sum by (messaging_system, messaging_destination_name, bellwether_task_type) (${grown(metric)})`;
  const [
    states,
    priorities,
    oldest,
    net,
    utilization,
    sparkSeries,
    depthSeries,
    counts,
    failures,
    sums,
    p50s,
    p95s,
    p99s,
    waitP50s,
    waitP95s,
    retries,
    dead,
    done,
    undone,
    spanTasks,
    producers,
  ] = await Promise.all([
    metrics.at(depthByState('', env), toMs),
    metrics.at(
      `max by (messaging_system, messaging_destination_name, bellwether_task_priority) (${inEnvironment('messaging_queue_depth_by_priority', env)})`,
      toMs,
    ),
    metrics.at(`max by ${byQueue} (${inEnvironment('messaging_queue_oldest_age_seconds', env)})`, toMs),
    metrics.at(`deriv((${waiting})[10m:30s])`, toMs),
    metrics.at(`avg by ${byQueue} (${inEnvironment('messaging_worker_utilization_ratio', env)})`, toMs),
    metrics.over(waiting, sparks),
    metrics.over(waiting, steps),
    metrics.at(`histogram_count(sum by ${byTask} (${runs}))`, toMs),
    metrics.at(`histogram_count(sum by ${byTask} (${grown(`messaging_process_duration_seconds{${failed}}`)}))`, toMs),
    metrics.at(`histogram_sum(sum by ${byTask} (${runs}))`, toMs),
    metrics.at(`histogram_quantile(0.5, sum by ${byTask} (${runs}))`, toMs),
    metrics.at(`histogram_quantile(0.95, sum by ${byTask} (${runs}))`, toMs),
    metrics.at(`histogram_quantile(0.99, sum by ${byTask} (${runs}))`, toMs),
    metrics.at(`histogram_quantile(0.5, ${waits})`, toMs),
    metrics.at(`histogram_quantile(0.95, ${waits})`, toMs),
    metrics.at(count('messaging_message_retries_total'), toMs),
    metrics.at(count('messaging_message_dead_letters_total'), toMs),
    metrics.over(`sum by ${byQueue} (histogram_count(${rate('messaging_process_duration_seconds')}))`, steps),
    metrics.over(
      `sum by ${byQueue} (histogram_count(${rate(`messaging_process_duration_seconds{${failed}}`)}))`,
      steps,
    ),
    readTaskSpans(asker, { env, steps }),
    readPeers(asker, 'producer', { env }, steps),
  ]);

  const [failedOf, sumOf, p50Of, p95Of, p99Of] = [failures, sums, p50s, p95s, p99s].map(values =>
    keyed(values, taskKey),
  );
  const [waitP50Of, waitP95Of, retriesOf, deadOf] = [waitP50s, waitP95s, retries, dead].map(values =>
    keyed(values, kindKey),
  );
  const told = counts.map(({ labels, value }): TaskRow => {
    const key = taskKey(labels);
    const kind = kindKey(labels);
    const errors = failedOf?.get(key) ?? 0;
    const takenSeconds = sumOf?.get(key) ?? 0;
    return {
      ...queueOf(labels),
      task: labels.get('bellwether_task_type') ?? '',
      services: [labels.get('job') ?? ''],
      calls: Math.round(value),
      callsPerSecond: value / seconds,
      errors: Math.round(errors),
      errorRatio: value === 0 ? null : Math.min(errors / value, 1),
      meanMs: value === 0 ? null : (takenSeconds / value) * 1000,
      p50Ms: toMsOrNull(p50Of?.get(key)),
      p95Ms: toMsOrNull(p95Of?.get(key)),
      p99Ms: toMsOrNull(p99Of?.get(key)),
      busy: takenSeconds / seconds,
      waitP50Ms: toMsOrNull(waitP50Of?.get(kind)),
      waitP95Ms: toMsOrNull(waitP95Of?.get(kind)),
      retries: rounded(retriesOf?.get(kind)),
      deadLetters: rounded(deadOf?.get(kind)),
      source: 'metrics',
    };
  });
  const counted = new Set(told.map(row => `${row.system}\n${row.queue}`));
  const seen = spanTasks
    .filter(row => !counted.has(`${row.system}\n${row.queue}`))
    .map(({ red, services, ...row }): TaskRow => ({
      ...row,
      ...callFigures(red, seconds),
      services: [...services],
      waitP50Ms: null,
      waitP95Ms: null,
      retries: null,
      deadLetters: null,
      source: 'spans',
    }));
  const tasks = [...told, ...seen]
    .filter(row => row.calls > 0)
    .sort((a, b) => b.busy - a.busy || a.queue.localeCompare(b.queue));

  const oldestOf = keyed(oldest, queueKey);
  const netOf = keyed(net, queueKey);
  const utilizationOf = keyed(utilization, queueKey);
  const sparkOf = new Map(sparkSeries.map(({ labels, values }) => [queueKey(labels), values]));
  const sent = new Map(producers.map(({ peer, red }) => [peer, red.count / seconds]));
  const names = new Map(
    [
      ...states.map(({ labels }) => queueOf(labels)),
      ...oldest.map(({ labels }) => queueOf(labels)),
      ...tasks.map(({ system, queue: name }) => ({ system, queue: name })),
    ].map(name => [`${name.system}\n${name.queue}`, name]),
  );
  const queues = [...names]
    .map(([key, name]): QueueRow => {
      const own = states.filter(({ labels }) => queueKey(labels) === key);
      const isTold = own.some(({ labels }) => ready.has(labels.get('bellwether_task_state') ?? ''));
      const wait = isTold
        ? own
            .filter(({ labels }) => ready.has(labels.get('bellwether_task_state') ?? ''))
            .reduce((sum, { value }) => sum + value, 0)
        : undefined;
      const ownTasks = tasks.filter(row => `${row.system}\n${row.queue}` === key);
      return {
        ...name,
        waiting: wait ?? null,
        oldestSeconds: oldestOf.get(key) ?? null,
        states: own.map(({ labels, value }) => ({
          state: labels.get('bellwether_task_state') ?? '',
          messages: value,
        })),
        priorities: priorities
          .filter(({ labels }) => queueKey(labels) === key)
          .map(({ labels, value }) => ({ priority: labels.get('bellwether_task_priority') ?? '', messages: value })),
        drain: drainEstimate(wait, netOf.get(key)),
        donePerSecond: ownTasks.length === 0 ? null : ownTasks.reduce((sum, row) => sum + row.callsPerSecond, 0),
        sentPerSecond: sent.get(`${name.system} ${name.queue}`) ?? null,
        utilization: utilizationOf.get(key) ?? null,
        retries: sumKnown(ownTasks.map(row => row.retries)),
        deadLetters: sumKnown(ownTasks.map(row => row.deadLetters)),
        spark: [...(sparkOf.get(key) ?? [])],
      };
    })
    .sort((a, b) => (b.waiting ?? -1) - (a.waiting ?? -1) || a.queue.localeCompare(b.queue));
  const isShown = (labels: ReadonlyMap<string, string>): boolean =>
    queue === undefined || labels.get('messaging_destination_name') === queue;
  const together = (series: readonly MetricSeries[]): (number | null)[] =>
    steps.stepsMs.map((_, step) =>
      sumKnown(series.filter(({ labels }) => isShown(labels)).map(({ values }) => values[step] ?? null)),
    );
  return {
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(nowMs, toMs),
    queues: queues.slice(0, maxQueues),
    tasks: tasks.filter(row => queue === undefined || row.queue === queue).slice(0, maxTasks),
    depth: depthSeries
      .filter(({ labels }) => isShown(labels))
      .map(({ labels, values }) => ({ queue: queueOf(labels).queue, waiting: [...values] }))
      .sort((a, b) => most(b.waiting) - most(a.waiting))
      .slice(0, maxDepths),
    runs: { done: together(done), failed: together(undone) },
    metricsMissing: metrics.missing,
  };
}

/**
 * Messages of each queue by state. The processes of a queue all tell the same, but a consumer of Kafka knows the lag of its own partitions alone: there
 * those of a group are added up, and the group that is furthest behind counts.
 */
function depthByState(matchers: string, env: string | undefined): string {
  const told = (system: string): string =>
    inEnvironment(`messaging_queue_depth{${[system, matchers].filter(text => text !== '').join(', ')}}`, env);
  const lag = `sum by (${depthLabels}, messaging_consumer_group_name) (${told('messaging_system="kafka"')})`;
  return `max by (${depthLabels}) (${told('messaging_system!="kafka"')} or ${lag})`;
}

type LabelMap = ReadonlyMap<string, string>;

function queueOf(labels: LabelMap): { readonly system: string; readonly queue: string } {
  return {
    system: labels.get('messaging_system') ?? '',
    queue: labels.get('messaging_destination_name') ?? '',
  };
}

function queueKey(labels: LabelMap): string {
  const { system, queue } = queueOf(labels);
  return `${system}\n${queue}`;
}

function kindKey(labels: LabelMap): string {
  return `${queueKey(labels)}\n${labels.get('bellwether_task_type') ?? ''}`;
}

function taskKey(labels: LabelMap): string {
  return `${kindKey(labels)}\n${labels.get('job') ?? ''}`;
}

function keyed(values: readonly MetricValue[], key: (labels: LabelMap) => string): ReadonlyMap<string, number> {
  return new Map(values.map(({ labels, value }) => [key(labels), value]));
}

function toMsOrNull(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1000;
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value);
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function most(values: readonly (number | null)[]): number {
  return values.reduce<number>((top, value) => Math.max(top, value ?? 0), 0);
}
