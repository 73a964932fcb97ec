import type { EventRecord } from './event-record.js';
import { type EventOutcome, record, type TakeEvent } from './event-writer.js';

const maxHeld = 1000;

/** Events that wait for a transaction. Further ones than 1,000 are refused. */
export class HeldEvents {
  #waiting: EventRecord[] = [];

  readonly take: TakeEvent = event => {
    if (this.#waiting.length >= maxHeld)
      return { outcome: 'refused', reason: `${maxHeld} events wait for the transaction already` };
    this.#waiting.push(event);
    return { outcome: 'held', id: event.id };
  };

  /** Records all that wait: the transaction was committed. */
  record(): readonly EventOutcome[] {
    return this.#taken().map(record);
  }

  /** Forgets all that wait: the transaction was rolled back. */
  discard(): void {
    this.#taken();
  }

  #taken(): readonly EventRecord[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}
