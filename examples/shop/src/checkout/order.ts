import { randomUUID } from 'node:crypto';
import { business } from '@bellwether/node';
import { trace } from '@opentelemetry/api';
import { money, show, type Currency, type Money } from '../domain/money.js';
import type { JobQueue } from '../jobs/queue.js';
import { call } from '../service/call.js';
import { rows, transaction } from '../service/database.js';
import { log } from '../service/log.js';
import { refillPlan, startedPrefix } from '../domain/subscriptions.js';
import { RequestError } from '../service/request-error.js';
import type { Who } from '../service/who.js';
import { quoteCart, type Quote } from './cart.js';
import type { FindRules } from './price-rules.js';

const chargeTimeoutMs = 1_200;
const fallbackProvider = 'northpay';

export interface Order {
  readonly orderId: string;
  readonly state: string;
  readonly total: Money;
}

/**
 * Turns a cart into a paid order: price, reserve, charge, keep, and leave the rest to the worker.
 *
 * Throws RequestError: 402 when the card is declined (the stock is released), 409 when something is out of stock.
 */
export async function placeOrder(
  who: Who,
  { cartId, provider }: { readonly cartId: string; readonly provider: string },
  { findRules, jobs }: { readonly findRules: FindRules; readonly jobs: JobQueue },
): Promise<Order> {
  const orderId = `ord_${randomUUID().slice(0, 13).replace('-', '')}`;
  const quote = await quoteCart(who, cartId, findRules);
  trace.getActiveSpan()?.setAttributes({
    'cart.items': quote.items.length,
    'order.id': orderId,
    'order.total_minor': quote.total.minor,
    'order.currency': quote.total.currency,
  });
  const reservation = { orderId, items: quote.items.map(({ sku, quantity }) => ({ sku, quantity })) };
  await call('inventory', '/v1/reservations', who, { method: 'POST', body: reservation });
  const facts = {
    orderId,
    amountMinor: quote.total.minor,
    currency: quote.total.currency,
    customer: who.userId,
    channel: 'web',
  };
  business.order({ ...facts, status: 'created', items: quote.items.length });
  let paid: { readonly chargeId: string; readonly provider: string };
  try {
    paid = await charge(who, orderId, quote.total, provider);
  } catch (error) {
    await call('inventory', '/v1/releases', who, { method: 'POST', body: reservation });
    business.order({ ...facts, status: 'cancelled', reason: error instanceof RequestError ? error.code : 'failed' });
    throw error;
  }
  await keepOrder(who, orderId, cartId, quote, paid);
  business.order({ ...facts, status: 'paid', previousStatus: 'created' });
  business.revenue({ ...facts, type: 'sale', idempotencyKey: paid.chargeId });
  if (isRegular(who)) await subscribe(who, orderId, quote.total);
  await jobs.add({ name: 'order.confirmed', who, orderId, total: quote.total, items: quote.items });
  log.info(
    {
      order_id: orderId,
      items: quote.items.length,
      amount_minor: quote.total.minor,
      currency: quote.total.currency,
      discount_minor: quote.full.minor - quote.total.minor,
      provider: paid.provider,
    },
    `order placed: ${show(quote.total)}`,
  );
  return { orderId, state: 'paid', total: quote.total };
}

/** Charges, and once more with another provider when the first does not answer in time. */
async function charge(
  who: Who,
  orderId: string,
  amount: Money,
  provider: string,
): Promise<{ readonly chargeId: string; readonly provider: string }> {
  const ask = (name: string): Promise<{ chargeId: string }> =>
    call<{ chargeId: string }>('payments', '/v1/charges', who, {
      method: 'POST',
      body: { orderId, provider: name, amount },
      timeoutMs: chargeTimeoutMs,
    });
  try {
    return { ...(await ask(provider)), provider };
  } catch (error) {
    const isSilent = error instanceof RequestError && error.status === 504;
    if (!isSilent || provider === fallbackProvider) throw error;
    log.warn(
      { order_id: orderId, provider, fallback: fallbackProvider, waited_ms: chargeTimeoutMs },
      'payment provider is silent, trying another',
    );
    return { ...(await ask(fallbackProvider)), provider: fallbackProvider };
  }
}

async function keepOrder(
  who: Who,
  orderId: string,
  cartId: string,
  quote: Quote,
  paid: { readonly chargeId: string; readonly provider: string },
): Promise<void> {
  await transaction(async client => {
    await client.query(
      `INSERT INTO shop.orders (id, tenant_id, user_id, state, items, total_minor, currency, provider, charge_id)
       VALUES ($1, $2, $3, 'paid', $4, $5, $6, $7, $8)`,
      [
        orderId,
        who.tenantId,
        who.userId,
        JSON.stringify(quote.items),
        quote.total.minor,
        quote.total.currency,
        paid.provider,
        paid.chargeId,
      ],
    );
    await client.query('DELETE FROM shop.carts WHERE tenant_id = $1 AND id = $2', [who.tenantId, cartId]);
  });
}

/** One shopper in eight wants the same again every month; the shop's months last twelve minutes. */
function isRegular(who: Who): boolean {
  return Number(who.userId.replaceAll(/\D/g, '')) % 8 === 3;
}

async function subscribe(who: Who, orderId: string, price: Money): Promise<void> {
  const subscriptionId = `${startedPrefix}${orderId.slice('ord_'.length)}`;
  await rows(
    `INSERT INTO shop.subscriptions (id, tenant_id, user_id, price_minor, currency, renews_at)
     VALUES ($1, $2, $3, $4, $5, now() + interval '12 minutes')`,
    [subscriptionId, who.tenantId, who.userId, price.minor, price.currency],
  );
  business.subscription.started({
    subscriptionId,
    plan: refillPlan,
    amountMinor: price.minor,
    currency: price.currency,
    interval: 'month',
    customer: who.userId,
  });
}

/** Throws RequestError 404 when the tenant has no such order. */
export async function readOrder(who: Who, orderId: string): Promise<Order & { readonly chargeId: string }> {
  const [row] = await rows<{ state: string; total_minor: number; currency: Currency; charge_id: string }>(
    'SELECT state, total_minor, currency, charge_id FROM shop.orders WHERE tenant_id = $1 AND id = $2',
    [who.tenantId, orderId],
  );
  if (row === undefined) throw new RequestError(404, 'order_unknown', `there is no order ${orderId}`);
  return { orderId, state: row.state, total: money(row.total_minor, row.currency), chargeId: row.charge_id };
}

/** Pays an order back in full. Throws RequestError 409 when that was done before. */
export async function refundOrder(
  who: Who,
  orderId: string,
  reason: string,
  jobs: JobQueue,
): Promise<{ readonly refundId: string }> {
  const order = await readOrder(who, orderId);
  if (order.state === 'refunded')
    throw new RequestError(409, 'already_refunded', `order ${orderId} is already refunded`);
  const { refundId } = await call<{ refundId: string }>('payments', '/v1/refunds', who, {
    method: 'POST',
    body: { chargeId: order.chargeId, amount: order.total },
  });
  await transaction(async client => {
    await client.query(
      'INSERT INTO shop.refunds (id, order_id, amount_minor, currency, reason) VALUES ($1, $2, $3, $4, $5)',
      [refundId, orderId, order.total.minor, order.total.currency, reason],
    );
    await client.query(`UPDATE shop.orders SET state = 'refunded' WHERE id = $1`, [orderId]);
  });
  business.order({ orderId, status: 'returned', customer: who.userId, reason });
  await jobs.add({ name: 'order.refunded', who, orderId, amount: order.total, reason });
  log.info(
    { order_id: orderId, refund_id: refundId, amount_minor: order.total.minor, currency: order.total.currency, reason },
    'order refunded',
  );
  return { refundId };
}
