import type { commonFields } from './common-fields.js';
import type { EventDefinition } from './define-event.js';
import { type EventOutcome, record, tell, type TakeEvent } from './event-writer.js';
import { commission } from './events/commission.js';
import { credits } from './events/credits.js';
import { custom } from './events/custom.js';
import { feature } from './events/feature.js';
import { lifecycle } from './events/lifecycle.js';
import { order } from './events/order.js';
import { payment } from './events/payment.js';
import { refund } from './events/refund.js';
import { revenue } from './events/revenue.js';
import { subscriptionCancelled, subscriptionChanged, subscriptionStarted } from './events/subscription.js';
import type { Fields, InputOf } from './field.js';
import { HeldEvents } from './held-events.js';

/** What every event may say beside its own facts. */
export type CommonFacts = InputOf<typeof commonFields> & {
  /** When it happened; now unless told otherwise. */
  readonly at?: Date | undefined;
  /** What is yours alone: at most 32 texts, numbers or booleans. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined;
};

/** The facts of one kind of event. */
export type FactsOf<D> =
  D extends EventDefinition<infer F extends Fields> ? InputOf<F> & Omit<CommonFacts, keyof F> : never;

/** Tells of an event; the outcome says whether it was recorded. It never throws. */
export type TellEvent<D> = (facts: FactsOf<D>) => EventOutcome;

/** All kinds of events. */
export interface BusinessEvents {
  readonly revenue: TellEvent<typeof revenue>;
  readonly refund: TellEvent<typeof refund>;
  readonly subscription: {
    readonly started: TellEvent<typeof subscriptionStarted>;
    readonly changed: TellEvent<typeof subscriptionChanged>;
    readonly cancelled: TellEvent<typeof subscriptionCancelled>;
  };
  readonly lifecycle: TellEvent<typeof lifecycle>;
  readonly feature: TellEvent<typeof feature>;
  readonly commission: TellEvent<typeof commission>;
  readonly order: TellEvent<typeof order>;
  readonly payment: TellEvent<typeof payment>;
  readonly credits: TellEvent<typeof credits>;
  /** `business.event('stories.published', { value: 1, attributes: { genre: 'fantasy' } })` */
  event(name: string, facts?: Omit<FactsOf<typeof custom>, 'name'>): EventOutcome;
}

/** Events that wait until you know how a transaction ended. */
export interface BusinessHold {
  /** What is told here waits. */
  readonly events: BusinessEvents;
  /** It was committed: they are recorded. */
  record(): readonly EventOutcome[];
  /** It was rolled back: they are forgotten. */
  discard(): void;
}

/** Business events: money in minor units, customers, orders. They are log records that no sampling touches. */
export interface Business extends BusinessEvents {
  /**
   * Runs `work` and records what it told by its argument once it is done, such as a transaction that was committed. When it fails, nothing is recorded and the
   * error is rethrown.
   */
  afterCommit<T>(work: (events: BusinessEvents) => T | Promise<T>): Promise<T>;
  /** The same by hand, for where a transaction's end is told by a hook. */
  hold(): BusinessHold;
}

function eventsInto(take: TakeEvent): BusinessEvents {
  const of =
    <D extends EventDefinition>(definition: D): TellEvent<D> =>
    facts =>
      tell(definition, facts, take);
  return {
    revenue: of(revenue),
    refund: of(refund),
    subscription: {
      started: of(subscriptionStarted),
      changed: of(subscriptionChanged),
      cancelled: of(subscriptionCancelled),
    },
    lifecycle: of(lifecycle),
    feature: of(feature),
    commission: of(commission),
    order: of(order),
    payment: of(payment),
    credits: of(credits),
    event: (name, facts = {}) => tell(custom, { ...facts, name }, take),
  };
}

function hold(): BusinessHold {
  const held = new HeldEvents();
  return { events: eventsInto(held.take), record: () => held.record(), discard: () => held.discard() };
}

export const business: Business = {
  ...eventsInto(record),
  hold,
  async afterCommit(work) {
    const held = hold();
    try {
      const result = await work(held.events);
      held.record();
      return result;
    } catch (error) {
      held.discard();
      throw error;
    }
  },
};
