import type { Scope } from '../core/scope.js';

/** A request as far as it tells one that is made again from another to the same place. */
export interface SentRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  /** Of a request that changes something: its idempotency key, or the length of its body. */
  readonly mark: string;
}

interface FailedRequest extends SentRequest {
  readonly t3: number;
  readonly resends: number;
  readonly untilMs: number;
}

const rememberedMs = 60_000;
const maxTraces = 1000;
const maxPerTrace = 20;

const countedByThemselves = new WeakSet<Scope>();

/** Says that who made `scope` counts how often its requests are made again, as the AWS SDK tells. */
export function countsOwnRetries(scope: Scope): void {
  countedByThemselves.add(scope);
}

/**
 * Requests that failed a moment ago, by trace. The same request once more in the same trace is a retry, whoever makes it: got, axios-retry, p-retry, undici's RetryAgent, a loop of the application's.
 * Nothing is kept, nor looked up, as long as nothing fails.
 */
export class FailedRequests {
  readonly #byTrace = new Map<number, FailedRequest[]>();
  #lastUntilMs = 0;

  /** Whether there is anything to ask `resends` about. */
  hasAny(nowMs: number): boolean {
    if (nowMs < this.#lastUntilMs) return true;
    if (this.#byTrace.size > 0) this.#byTrace.clear();
    return false;
  }

  /** How often a request that is sent now has been sent before. */
  resends({ t2, t3, hasSpan }: Scope, sent: SentRequest, nowMs: number): number {
    const known = hasSpan ? this.#byTrace.get(t2) : undefined;
    if (known === undefined) return 0;
    const found = known.find(failed => failed.t3 === t3 && isSame(failed, sent));
    return found === undefined || found.untilMs < nowMs ? 0 : found.resends + 1;
  }

  /** Notes how a request ended. `outcome` is a status, or a text when there was no answer; `resends` how often it had been sent before. */
  ended(scope: Scope, sent: SentRequest, outcome: number | string, resends: number, nowMs: number): void {
    const { t2, t3, hasSpan } = scope;
    // What a library does on its own account is no trace.
    if (!hasSpan) return;
    const others = (this.#byTrace.get(t2) ?? []).filter(failed => !(failed.t3 === t3 && isSame(failed, sent)));
    const isFailed = typeof outcome === 'string' || isWorthAnother(outcome);
    if (isFailed && !countedByThemselves.has(scope)) {
      this.#lastUntilMs = nowMs + rememberedMs;
      others.push({ ...sent, t3, resends, untilMs: this.#lastUntilMs });
      if (others.length > maxPerTrace) others.shift();
    }
    this.#byTrace.delete(t2);
    if (others.length > 0) this.#byTrace.set(t2, others);
    // The oldest first, which are also those that nobody asks for any more.
    for (const [trace, failed] of this.#byTrace) {
      const isOver = (failed.at(-1)?.untilMs ?? 0) < nowMs;
      if (!isOver && this.#byTrace.size <= maxTraces) break;
      this.#byTrace.delete(trace);
    }
  }
}

/** Whether an answer says that the request may be made again. */
export function isWorthAnother(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 425;
}

/** Requests of these methods may be different ones to the same place. */
export function hasMark(method: string): boolean {
  return method === 'POST' || method === 'PATCH';
}

function isSame(a: SentRequest, b: SentRequest): boolean {
  return a.path === b.path && a.method === b.method && a.origin === b.origin && a.mark === b.mark;
}
