import { nowMs } from '../core/clock.js';
import { type Check, type CheckResult, type HealthStatus, isCheckResult } from './check.js';

/** How a check went. */
export interface CheckOutcome {
  readonly status: HealthStatus;
  readonly critical: boolean;
  readonly durationMs: number;
  readonly atUnixMs: number;
  readonly detail: CheckResult['detail'];
  /** What it threw; for telemetry, and for those who may see it. */
  readonly error: unknown;
}

const defaultTimeoutMs = 1000;
const defaultCacheMs = 1000;

/** Runs that did not even end after their timeout; with so many, another is begun only ten timeouts after the last. */
const maxHanging = 3;

/**
 * Runs one check: not more often than its cache says, once for all who ask meanwhile, and never for longer than its timeout. A dependency that hangs is
 * not asked again and again.
 */
export class CheckRunner {
  readonly #check: Check;
  readonly #finished: (outcome: CheckOutcome) => void;
  readonly #now: () => number;
  #latest: CheckOutcome | undefined;
  #latestMs = 0;
  #startedMs = 0;
  #running: Promise<CheckOutcome> | undefined;
  #hanging = 0;

  /** `finished` is told of each outcome that is new; `now` is a monotonic clock in milliseconds. */
  constructor(check: Check, finished: (outcome: CheckOutcome) => void, now: () => number = nowMs) {
    this.#check = check;
    this.#finished = finished;
    this.#now = now;
  }

  /** The present outcome; never rejects. */
  async outcome(): Promise<CheckOutcome> {
    const sinceMs = this.#now() - this.#latestMs;
    if (this.#latest !== undefined && sinceMs < (this.#check.cacheMs ?? defaultCacheMs)) return this.#latest;
    if (this.#latest !== undefined && this.#isStuck()) return this.#latest;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  get #timeoutMs(): number {
    return this.#check.timeoutMs ?? defaultTimeoutMs;
  }

  #isStuck(): boolean {
    return this.#hanging >= maxHanging && this.#now() - this.#startedMs < 10 * this.#timeoutMs;
  }

  async #run(): Promise<CheckOutcome> {
    const startMs = this.#now();
    this.#startedMs = startMs;
    const ended = (result: CheckResult, error?: unknown): CheckOutcome => ({
      status: result.status,
      critical: this.#check.critical ?? true,
      durationMs: this.#now() - startMs,
      atUnixMs: Date.now(),
      detail: result.detail,
      error,
    });
    let outcome: CheckOutcome;
    try {
      const answer = await this.#withinTimeout();
      outcome = ended(isCheckResult(answer) ? answer : { status: 'healthy' });
    } catch (error) {
      outcome = ended({ status: 'unhealthy' }, error);
    }
    this.#latest = outcome;
    this.#latestMs = this.#now();
    this.#finished(outcome);
    return outcome;
  }

  async #withinTimeout(): Promise<unknown> {
    const timeoutMs = this.#timeoutMs;
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`no answer within ${timeoutMs} ms`);
        reject(error);
        abort.abort(error);
      }, timeoutMs);
    });
    let isLate = false;
    const answer = (async () => this.#check.run(abort.signal))().finally(() => {
      if (isLate) this.#hanging--;
    });
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (abort.signal.aborted) {
        isLate = true;
        this.#hanging++;
        // What it says after that is of no use, but must not count as unhandled.
        answer.catch(() => undefined);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}
