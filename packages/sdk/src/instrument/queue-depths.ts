import type { Attributes } from '@opentelemetry/api';
import type { MetricKind } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { OwnerPolls } from './owner-polls.js';

const everyMs = 15_000;
const maxPriorities = 20;

/** What waits in a queue. */
export interface QueueDepth {
  /** Messages by state: `waiting`, `active`, `delayed`, `failed`, ... */
  readonly states: Readonly<Record<string, number>>;
  /** Waiting messages by priority, where the queue has priorities. */
  readonly priorities?: ReadonlyMap<number, number>;
  /** Age of the message that waits longest; undefined when none waits or it is not known. */
  readonly oldestMs?: number | undefined;
  /** What tells it from other queues beside its name. */
  readonly attributes?: Attributes;
}

type AskDepth = (owner: object) => Promise<QueueDepth | undefined>;

/**
 * `messaging.queue.depth` and `messaging.queue.oldest_age`, asked about every 15 seconds by each process that runs a worker of the queue. There is no leader: all processes tell the same
 * figures, so take the greatest, not the sum. `BELLWETHER_QUEUE_STATS=false` switches it off.
 */
export class QueueDepths {
  readonly #recorder: Recorder;
  readonly #system: string;
  readonly #polls = new OwnerPolls(everyMs);
  readonly #seen = new WeakSet<object>();

  constructor(recorder: Recorder, system: string) {
    this.#recorder = recorder;
    this.#system = system;
  }

  /** To be called whenever a worker is seen; only the first time does anything. `ask` must not hold on to the worker. */
  watch(queue: string, owner: object, ask: AskDepth): void {
    if (this.#seen.has(owner)) return;
    this.#seen.add(owner);
    this.watchNamed(queue, owner, ask);
  }

  /** As above, for an owner of several queues. */
  watchNamed(queue: string, owner: object, ask: AskDepth): void {
    if (!this.#recorder.config.queueStats) return;
    this.#polls.watch(queue, owner, ask, depth => this.#tell(queue, depth));
  }

  stop(): void {
    this.#polls.stop();
  }

  #tell(queue: string, { states, priorities, oldestMs, attributes: own }: QueueDepth): void {
    const attributes = { 'messaging.system': this.#system, 'messaging.destination.name': queue, ...own };
    const depth = this.#metric('messaging.queue.depth', '{message}', 'gauge', 'Messages in a queue by state');
    for (const [state, count] of Object.entries(states)) {
      if (Number.isFinite(count)) depth.point({ ...attributes, 'bellwether.task.state': state }).value = count;
    }
    const byPriority = this.#metric(
      'messaging.queue.depth_by_priority',
      '{message}',
      'gauge',
      'Waiting messages of a queue by priority',
    );
    for (const [priority, count] of [...(priorities ?? [])].slice(0, maxPriorities)) {
      byPriority.point({ ...attributes, 'bellwether.task.priority': priority }).value = count;
    }
    const age = this.#metric(
      'messaging.queue.oldest_age',
      's',
      'gauge',
      'Age of the message that waits longest; 0 when none waits',
    );
    age.point(attributes).value = Math.max(0, oldestMs ?? 0) / 1000;
  }

  #metric(name: string, unit: string, kind: MetricKind, description: string) {
    return this.#recorder.metrics.metric({ name, unit, kind, description, scope: '@bellwether/node' });
  }
}
