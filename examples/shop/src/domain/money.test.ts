import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, minus, money, share, show, split, times, type Currency } from './money.js';

const amounts = fc.integer({ min: 0, max: 1_000_000_000 });
const euros = (minor: number) => money(minor, 'EUR');

test('a fraction of a cent is refused', () => {
  expect(() => euros(12.5)).toThrow('12.5 is no whole number of minor units of EUR');
});

test('currencies do not mix', () => {
  expect(() => add(euros(1), money(1, 'USD'))).toThrow('cannot add USD to EUR');
});

test('a share is rounded half to even', () => {
  const tenPercent = [5, 15, 25, 26].map(minor => share(euros(minor), 1_000).minor);
  expect(tenPercent).toEqual([0, 2, 2, 3]);
});

test('two and a half percent of 199.99 is 5.00', () => {
  expect(show(share(euros(19_999), 250))).toBe('5.00 EUR');
});

test('an amount is shown with the decimals of its currency', () => {
  expect([show(money(1250, 'GBP')), show(money(1250, 'JPY'))]).toEqual(['12.50 GBP', '1250 JPY']);
});

test('splitting loses nothing and gains nothing', () => {
  expect(split(euros(100), [1, 1, 1]).map(part => part.minor)).toEqual([34, 33, 33]);
  const weights = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(amounts, weights, (minor, parts) => {
      expect(split(euros(minor), parts).reduce(add)).toEqual(euros(minor));
    }),
  );
});

test('what a discount takes and what it leaves add up to the price', () => {
  fc.assert(
    fc.property(
      amounts,
      fc.integer({ min: 0, max: 10_000 }),
      fc.constantFrom<Currency>('EUR', 'JPY'),
      (minor, points, currency) => {
        const price = money(minor, currency);
        const discount = share(price, points);
        expect(add(minus(price, discount), discount)).toEqual(price);
        expect(discount.minor).toBeLessThanOrEqual(minor);
      },
    ),
  );
});

test('three times a price is its sum', () => {
  expect(times(euros(333), 3)).toEqual([euros(333), euros(333), euros(333)].reduce(add));
});
