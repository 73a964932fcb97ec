import { Refusal } from '../../base/refusal.js';
import type { Part } from '../../decode/parts.js';

/** What is kept together or not at all. */
export interface Entry {
  readonly parts: readonly Part[];
  readonly items: number;
}

export interface OutboxDeps {
  /** Resolves when the log has the parts; throws a `Refusal` that says when to come again when it has no room. */
  readonly keep: (parts: readonly Part[]) => Promise<unknown>;
  /** What waits in memory at most; the oldest goes first. */
  readonly maxBytes: number;
  /** Told of what could not wait any longer. `wasTried`: the intake refused it, and has counted it. */
  readonly dropped: (entry: Entry, wasTried: boolean) => void;
  /** Told of what will never be taken; the intake has counted it. */
  readonly refused: (refusal: Refusal) => void;
  readonly bug: (error: unknown) => void;
}

/** Between two tries when the end is near. */
const hastyMs = 20;

/** Between aggregation and log: nobody sends StatsD a second time, so what the log has no room for waits here and is tried again, in order. */
export class Outbox {
  readonly #deps: OutboxDeps;
  /** The first one is on its way, or was tried and comes again. */
  readonly #waiting: Entry[] = [];
  #waitingBytes = 0;
  #working: Promise<void> | undefined;
  /** Ends a pause between two tries. */
  #wake: () => void = () => {};
  /** By the clock that only goes forward. */
  #closesAtMs = Infinity;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  get bytes(): number {
    return this.#waitingBytes;
  }

  add(entry: Entry): void {
    if (entry.parts.length === 0) return;
    this.#waiting.push(entry);
    this.#waitingBytes += sizeOf(entry);
    while (this.#waitingBytes > this.#deps.maxBytes && this.#waiting.length > 2) this.#drop(1, false);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Tries for at most `graceMs` to hand over what waits; the rest is dropped. */
  async close(graceMs: number): Promise<void> {
    this.#closesAtMs = performance.now() + graceMs;
    this.#wake();
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), graceMs);
    await Promise.race([
      this.#working,
      new Promise<void>(resolve => limit.signal.addEventListener('abort', () => resolve())),
    ]);
    clearTimeout(timer);
    while (this.#waiting.length > 1) this.#drop(1, false);
    this.#wake();
  }

  #drop(index: number, wasTried: boolean): void {
    for (const entry of this.#waiting.splice(index, 1)) {
      this.#waitingBytes -= sizeOf(entry);
      this.#deps.dropped(entry, wasTried);
    }
  }

  async #work(): Promise<void> {
    for (let head = this.#waiting[0]; head !== undefined; head = this.#waiting[0]) {
      try {
        await this.#deps.keep(head.parts);
        this.#done(head);
      } catch (error) {
        const retryAfterSeconds = error instanceof Refusal ? error.facts.retryAfterSeconds : undefined;
        if (retryAfterSeconds === undefined) {
          if (error instanceof Refusal) this.#deps.refused(error);
          else this.#deps.bug(error);
          this.#done(head);
        } else if (performance.now() + hastyMs > this.#closesAtMs) {
          this.#drop(0, true);
        } else {
          await this.#pause(this.#closesAtMs === Infinity ? retryAfterSeconds * 1000 : hastyMs);
        }
      }
    }
  }

  #done(head: Entry): void {
    this.#waiting.shift();
    this.#waitingBytes -= sizeOf(head);
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const sizeOf = ({ parts }: Entry): number => parts.reduce((sum, { body }) => sum + body.length, 0);
