import { expect, test } from 'vitest';
import { money } from '../domain/money.js';
import { bestRule, lineTotal, type PriceRule } from './pricing.js';

const rules: readonly PriceRule[] = [
  { sku: 'ACM-001', minimumQuantity: 1, discountBasisPoints: 150 },
  { sku: 'ACM-001', minimumQuantity: 5, discountBasisPoints: 750 },
  { sku: 'ACM-002', minimumQuantity: 1, discountBasisPoints: 9_000 },
];

test('the best rule is the largest discount that the quantity earns on that product', () => {
  expect(bestRule(rules, 'ACM-001', 4)?.discountBasisPoints).toBe(150);
  expect(bestRule(rules, 'ACM-001', 5)?.discountBasisPoints).toBe(750);
  expect(bestRule(rules, 'ACM-003', 5)).toBeUndefined();
});

test('the discount is taken off the line, not off each piece', () => {
  const item = { sku: 'ACM-001', quantity: 5, price: money(999, 'EUR') };
  expect(lineTotal(item, rules[1])).toEqual(money(4_995 - 375, 'EUR'));
  expect(lineTotal(item, undefined)).toEqual(money(4_995, 'EUR'));
});
