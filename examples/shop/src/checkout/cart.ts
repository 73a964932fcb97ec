import { add, money, times, type Currency, type Money } from '../domain/money.js';
import type { OrderItem } from '../jobs/queue.js';
import { call } from '../service/call.js';
import { rows } from '../service/database.js';
import { RequestError } from '../service/request-error.js';
import type { Who } from '../service/who.js';
import type { FindRules } from './price-rules.js';
import { bestRule, lineTotal } from './pricing.js';

export interface CartItem {
  readonly sku: string;
  readonly quantity: number;
}

/** A priced cart. `total` is after discounts. */
export interface Quote {
  readonly items: readonly OrderItem[];
  readonly full: Money;
  readonly total: Money;
}

export async function readCart(who: Who, cartId: string): Promise<readonly CartItem[]> {
  return rows<{ sku: string; quantity: number }>(
    'SELECT sku, quantity FROM shop.cart_items WHERE tenant_id = $1 AND cart_id = $2 ORDER BY sku',
    [who.tenantId, cartId],
  );
}

/** Adds to a cart, which begins to exist with its first item. */
export async function addToCart(who: Who, cartId: string, item: CartItem): Promise<void> {
  await rows(
    `WITH cart AS (
       INSERT INTO shop.carts (tenant_id, id, user_id) VALUES ($1, $2, $3)
       ON CONFLICT (tenant_id, id) DO UPDATE SET changed_at = now())
     INSERT INTO shop.cart_items (tenant_id, cart_id, sku, quantity) VALUES ($1, $2, $4, $5)
     ON CONFLICT (tenant_id, cart_id, sku) DO UPDATE SET quantity = LEAST(99, shop.cart_items.quantity + EXCLUDED.quantity)`,
    [who.tenantId, cartId, who.userId, item.sku, item.quantity],
  );
}

/** Throws RequestError 404 when the cart is empty or gone, 409 when it holds what is no longer sold. */
export async function quoteCart(who: Who, cartId: string, findRules: FindRules): Promise<Quote> {
  const cart = await readCart(who, cartId);
  if (cart.length === 0) throw new RequestError(404, 'cart_empty', `cart ${cartId} is empty`);
  const { prices } = await call<{ prices: readonly { sku: string; priceMinor: number; currency: Currency }[] }>(
    'catalogue',
    '/v1/prices',
    who,
    { method: 'POST', body: { skus: cart.map(item => item.sku) } },
  );
  const items = cart.map(({ sku, quantity }): OrderItem => {
    const price = prices.find(one => one.sku === sku);
    if (price === undefined) throw new RequestError(409, 'product_gone', `${sku} is no longer sold`);
    return { sku, quantity, price: money(price.priceMinor, price.currency) };
  });
  const rules = await findRules(who, items);
  const totals = items.map(item => lineTotal(item, bestRule(rules, item.sku, item.quantity)));
  const full = items.map(item => times(item.price, item.quantity));
  return { items, full: full.reduce(add), total: totals.reduce(add) };
}
