import { expect, test } from 'vitest';
import { readCharge } from './bodies.js';

const charge = { orderId: 'ord_1', provider: 'northpay', amount: { minor: 1250, currency: 'EUR' } };

test('a charge is read as it was sent', () => {
  expect(readCharge(charge)).toEqual(charge);
});

test.each([
  [undefined, 'orderId must be text'],
  [{ ...charge, provider: '' }, 'provider must be text'],
  [{ ...charge, amount: { minor: 12.5, currency: 'EUR' } }, 'amount.minor must be a whole number above 0'],
  [{ ...charge, amount: { minor: 1, currency: 'toString' } }, 'amount.currency must be one of EUR, USD, GBP, JPY'],
])('a charge that is not one is refused by the name of the field', (body, message) => {
  expect(() => readCharge(body)).toThrow(message);
});
