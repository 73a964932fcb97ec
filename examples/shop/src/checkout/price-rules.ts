import { setTimeout as sleep } from 'node:timers/promises';
import type { OrderItem } from '../jobs/queue.js';
import { rows } from '../service/database.js';
import type { Who } from '../service/who.js';
import type { PriceRule } from './pricing.js';

/** Where the discounts of some items come from. Each release of checkout has its own way. */
export type FindRules = (who: Who, items: readonly OrderItem[]) => Promise<readonly PriceRule[]>;

/** The rules of a cart took too long to find. */
export class PriceRuleTimeout extends Error {
  override readonly name = 'PriceRuleTimeout';
}

const columns = 'sku, minimum_quantity AS "minimumQuantity", discount_basis_points AS "discountBasisPoints"';
const deadlineMs = 150;
const discountQuantities = [1, 2, 5, 10];

/** One query for the whole cart. */
export const rulesOfCart: FindRules = (who, items) =>
  rows<PriceRule>(`SELECT ${columns} FROM shop.price_rules WHERE tenant_id = $1 AND sku = ANY($2)`, [
    who.tenantId,
    items.map(item => item.sku),
  ]);

/**
 * The bad release: one query after the other, for each item and each quantity that could earn a discount, and a deadline
 * that large carts miss. This is the shop's N+1, kept on purpose.
 */
export const rulesOneByOne: FindRules = async (who, items) => {
  const startedMs = performance.now();
  const found: PriceRule[] = [];
  for (const item of items) {
    for (const quantity of discountQuantities) {
      found.push(
        ...(await rows<PriceRule>(
          `SELECT ${columns} FROM shop.price_rules WHERE tenant_id = $1 AND sku = $2 AND minimum_quantity = $3`,
          [who.tenantId, item.sku, quantity],
        )),
      );
      // The tier service of this release answers slowly.
      await sleep(8);
      if (performance.now() - startedMs > deadlineMs) {
        throw new PriceRuleTimeout(`price rules of ${items.length} items exceeded ${deadlineMs} ms`);
      }
    }
  }
  return found;
};
