import { expect, test } from 'vitest';
import { requestOf } from './request.js';

const shopper = { tenantId: 'globex', userId: 'u_1', cartId: 'cart_a' };

test('an order is looked at and refunded only when there is one', () => {
  expect(requestOf({ kind: 'view-order' }, shopper, undefined)).toBeUndefined();
  expect(requestOf({ kind: 'refund', reason: 'damaged' }, shopper, 'ord_1')).toEqual({
    method: 'POST',
    path: '/v1/orders/ord_1/refunds',
    body: { reason: 'damaged' },
  });
});

test('search words are escaped', () => {
  expect(requestOf({ kind: 'search', words: 'worth every cent' }, shopper, undefined)?.path).toBe(
    '/v1/search?q=worth%20every%20cent',
  );
});
