import { QueryError } from '../value/query-error.js';
import type { Evaluation } from './options.js';

/** How many elementary operations pass between two looks at the clock. */
const operationsPerLook = 65_536;

/** Watches over one evaluation: how many samples it holds, how long it takes, whether it is still wanted. */
export class Guard {
  readonly #options: Evaluation;
  #held = 0;
  #peak = 0;
  #untilLook = operationsPerLook;

  constructor(options: Evaluation) {
    this.#options = options;
  }

  /** The most samples held at once. */
  get peak(): number {
    return this.#peak;
  }

  /** How many samples are held; given to `release` when what came since is gone. */
  get held(): number {
    return this.#held;
  }

  /** Room for samples is about to be taken. Throws when that is more than a query may hold. */
  hold(samples: number): void {
    this.#held += samples;
    if (this.#held > this.#peak) this.#peak = this.#held;
    if (this.#held > this.#options.maxSamples) {
      throw new QueryError('execution', 'query processing would load too many samples into memory in query execution');
    }
    this.work(samples);
  }

  /** What was held since `held` was read is gone, but for `kept`. */
  release(held: number, kept: number): void {
    this.#held = held + kept;
  }

  /** So many operations were done. Throws when the query is out of time or no longer wanted. */
  work(operations: number): void {
    this.#untilLook -= operations;
    if (this.#untilLook > 0) return;
    this.#untilLook = operationsPerLook;
    this.look();
  }

  look(): void {
    if (this.#options.cancelled()) throw new QueryError('canceled', 'query was canceled in expression evaluation');
    if (Date.now() > this.#options.deadlineMs) {
      throw new QueryError('timeout', 'query timed out in expression evaluation');
    }
  }
}
