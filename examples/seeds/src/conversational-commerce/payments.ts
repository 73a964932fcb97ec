import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { business, setContext, setExtra, setTag } from '@bellwether/node';
import type { Order } from './orders.js';

/** The provider said no, or did not answer. */
export class PaymentFailed extends Error {
  override readonly name = 'PaymentFailed';
  /** What the customer is answered. */
  readonly statusCode = 502;
}

/** Charges an order by a provider. An error of it carries who and what, so that it can be understood without a log. */
export async function pay(order: Order, provider: string): Promise<string> {
  const paymentId = randomUUID();
  const { amountMinor, currency } = order;
  setTag('payment_provider', provider);
  setContext('payment', { id: paymentId, amount: amountMinor, currency });
  const startMs = performance.now();
  try {
    await askProvider(provider);
    business.payment({
      paymentId,
      provider,
      status: 'succeeded',
      amountMinor,
      currency,
      durationMs: performance.now() - startMs,
    });
    return paymentId;
  } catch (error) {
    setExtra('payment_state', 'failed');
    business.payment({
      paymentId,
      provider,
      status: 'failed',
      amountMinor,
      currency,
      durationMs: performance.now() - startMs,
    });
    throw error;
  }
}

/** Stands in for somebody else's service. */
async function askProvider(provider: string): Promise<void> {
  await sleep(5);
  if (provider === 'unreliable') throw new PaymentFailed('the provider declined the payment');
}
