import type { TraceCarrier } from './trace-carrier.js';

/** The traces of jobs that this process queued, by job id, for queues that have no place for them. Bounded: the oldest is forgotten first. */
export class RecentCarriers {
  readonly #byId = new Map<string, TraceCarrier>();
  readonly #most: number;

  constructor(most = 5000) {
    this.#most = most;
  }

  keep(id: string, carrier: TraceCarrier): void {
    this.#byId.set(id, carrier);
    if (this.#byId.size <= this.#most) return;
    const [oldest] = this.#byId.keys();
    if (oldest !== undefined) this.#byId.delete(oldest);
  }

  of(id: string): TraceCarrier | undefined {
    return this.#byId.get(id);
  }
}
