import { minus, share, times, type Money } from '../domain/money.js';
import type { OrderItem } from '../jobs/queue.js';

/** A discount from a quantity on. */
export interface PriceRule {
  readonly sku: string;
  readonly minimumQuantity: number;
  readonly discountBasisPoints: number;
}

/** The best rule that this quantity earns, if any. */
export function bestRule(rules: readonly PriceRule[], sku: string, quantity: number): PriceRule | undefined {
  let best: PriceRule | undefined;
  for (const rule of rules) {
    if (rule.sku !== sku || rule.minimumQuantity > quantity) continue;
    if (best === undefined || rule.discountBasisPoints > best.discountBasisPoints) best = rule;
  }
  return best;
}

/** What one line of a cart costs after its discount. */
export function lineTotal(item: OrderItem, rule: PriceRule | undefined): Money {
  const full = times(item.price, item.quantity);
  return rule === undefined ? full : minus(full, share(full, rule.discountBasisPoints));
}
