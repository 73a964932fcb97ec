import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';

const maxQueues = 500;
const maxWorkers = 1000;

interface QueueWork {
  active: number;
  /** Milliseconds of work, of all tasks together, up to `atMs`. */
  busyMs: number;
  atMs: number;
  toldBusyMs: number;
  toldAtMs: number;
  readonly workers: Set<{ readonly worker: WeakRef<object>; readonly concurrency: (worker: object) => number }>;
}

/**
 * `messaging.worker.utilization`: how much of what the workers of a queue in this process could do at once they did, from 0 to 1, since the last export. By queue: a worker's id would be a
 * label without end.
 */
export class WorkerUtilization {
  readonly #queues = new Map<string, QueueWork>();
  readonly #seen = new WeakSet<object>();

  constructor(recorder: Recorder, system: string) {
    const gauge = (name: string, unit: string, description: string) =>
      recorder.metrics.metric({ name, unit, description, kind: 'gauge', scope: '@bellwether/node' });
    recorder.metrics.beforeExport(() => {
      if (this.#queues.size === 0) return;
      const atMs = nowMs();
      const utilization = gauge(
        'messaging.worker.utilization',
        '1',
        'Share of what the workers of a queue can do at once that they did',
      );
      const active = gauge('messaging.worker.active', '{message}', 'Messages that are being processed');
      for (const [queue, work] of this.#queues) {
        advance(work, atMs);
        const attributes = { 'messaging.system': system, 'messaging.destination.name': queue };
        active.point(attributes).value = work.active;
        const passedMs = atMs - work.toldAtMs;
        const slots = slotsOf(work);
        if (passedMs <= 0 || slots <= 0) continue;
        utilization.point(attributes).value = Math.min(1, (work.busyMs - work.toldBusyMs) / (passedMs * slots));
        work.toldBusyMs = work.busyMs;
        work.toldAtMs = atMs;
      }
    });
  }

  /** To be called whenever a worker is seen; only the first time does anything. It is not kept alive. */
  watch(queue: string, worker: object, concurrency: (worker: object) => number): void {
    if (this.#seen.has(worker)) return;
    this.#seen.add(worker);
    const work = this.#work(queue, nowMs());
    if (work !== undefined && work.workers.size < maxWorkers)
      work.workers.add({ worker: new WeakRef(worker), concurrency });
  }

  begin(queue: string, atMs: number): void {
    const work = this.#work(queue, atMs);
    if (work === undefined) return;
    advance(work, atMs);
    work.active++;
  }

  end(queue: string, atMs: number): void {
    const work = this.#queues.get(queue);
    if (work === undefined) return;
    advance(work, atMs);
    work.active = Math.max(0, work.active - 1);
  }

  #work(queue: string, atMs: number): QueueWork | undefined {
    const known = this.#queues.get(queue);
    if (known !== undefined || this.#queues.size >= maxQueues) return known;
    const work: QueueWork = { active: 0, busyMs: 0, atMs, toldBusyMs: 0, toldAtMs: atMs, workers: new Set() };
    this.#queues.set(queue, work);
    return work;
  }
}

function advance(work: QueueWork, atMs: number): void {
  work.busyMs += Math.max(0, atMs - work.atMs) * work.active;
  work.atMs = atMs;
}

function slotsOf(work: QueueWork): number {
  let slots = 0;
  for (const entry of work.workers) {
    const worker = entry.worker.deref();
    if (worker === undefined) work.workers.delete(entry);
    else slots += Math.max(0, entry.concurrency(worker) || 0);
  }
  return slots;
}
