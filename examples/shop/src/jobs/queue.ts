import type { Money } from '../domain/money.js';
import type { Who } from '../service/who.js';

/** One thing of an order. */
export interface OrderItem {
  readonly sku: string;
  readonly quantity: number;
  readonly price: Money;
}

/** What can be left for the worker. */
export type Job = { readonly who: Who } & (
  | {
      readonly name: 'order.confirmed';
      readonly orderId: string;
      readonly total: Money;
      readonly items: readonly OrderItem[];
    }
  | { readonly name: 'order.refunded'; readonly orderId: string; readonly amount: Money; readonly reason: string }
  | { readonly name: 'subscription.renew'; readonly subscriptionId: string; readonly price: Money }
  | { readonly name: 'stock.replenish'; readonly sku: string; readonly available: number }
);

/** Trace context as text, so that the worker's spans belong to the request that left the job. */
export type Carrier = Readonly<Record<string, string>>;

export interface Delivery {
  readonly id: string;
  readonly job: Job;
  readonly carrier: Carrier;
  /** 1 at the first try. */
  readonly attempt: number;
}

export const maxAttempts = 4;

/**
 * Jobs for the worker, delivered at least once: a job whose handler throws is tried again later, at most `maxAttempts` times.
 */
export interface JobQueue {
  add(job: Job): Promise<void>;
  /** Hands over jobs until `close`; a few at the same time. */
  work(handle: (delivery: Delivery) => Promise<void>): void;
  close(): Promise<void>;
}
