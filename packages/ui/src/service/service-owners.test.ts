import { expect, test } from 'vitest';
import { checksOf, ownersOf } from './service-owners.js';

test('the owners of a service are those of its open errors, who has most first', () => {
  expect(ownersOf(['ann', '', 'payments', 'payments', 'zoe', 'bob'].map(owner => ({ owner })))).toEqual([
    'payments',
    'ann',
    'bob',
  ]);
});

test('checks of a service are those that name it, or are named after it and name none; one that is down stands first', () => {
  const checks = ['checkout', 'checkout-api', 'checkout-mail', 'checkouts', 'shop', 'till'].map(id => ({
    id,
    service: id === 'till' ? 'checkout' : id === 'checkout-mail' ? 'mail' : '',
    state: id === 'checkout-api' ? ('down' as const) : ('up' as const),
  }));
  expect(checksOf(checks, 'checkout').map(({ id }) => id)).toEqual(['checkout-api', 'checkout', 'till']);
});
