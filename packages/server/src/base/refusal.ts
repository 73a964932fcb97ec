import { BadInput } from './bad-input.js';

export interface RefusalFacts {
  /** HTTP status. */
  readonly status: number;
  /** Stable word for counters: `too-large`, `unauthorized`, ... */
  readonly reason: string;
  /** What the sender changes so that it works. */
  readonly remedy: string;
  /** Set when the same request may succeed later. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that is not taken, for a reason its sender can act on. Thrown at the edge, before anything was kept. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly facts: RefusalFacts;

  constructor(message: string, facts: RefusalFacts) {
    super(message);
    this.facts = facts;
  }

  /** What is wrong and what to do, in one line. */
  get text(): string {
    return this.facts.remedy === '' ? this.message : `${this.message}. ${this.facts.remedy}`;
  }
}

/** The one place where `BadInput` becomes a 400. Undefined for anything else that was thrown: that is a bug of ours. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (!(error instanceof BadInput)) return undefined;
  return new Refusal(error.message, {
    status: 400,
    reason: 'bad-input',
    remedy:
      'Sending the same bytes again can not succeed: check the exporter, and proxies on the way that change bodies',
  });
}

/** We can not take it now; the sender keeps it and comes again. */
export function tooBusy(message: string, reason: 'full' | 'busy'): Refusal {
  return new Refusal(message, {
    status: 503,
    reason,
    remedy: 'Send it again later',
    retryAfterSeconds: reason === 'full' ? 5 : 1,
  });
}
