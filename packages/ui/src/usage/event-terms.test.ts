import { expect, test } from 'vitest';
import { eventTerms } from './event-terms.js';

test("a feature, a status and an event of one's own are found by their own names", () => {
  expect(eventTerms('search', 'business.feature')).toBe('event:business.feature business.feature.name:search');
  expect(eventTerms('order.paid', 'business.order')).toBe('event:business.order business.order.status:paid');
  expect(eventTerms('cart.item-added', 'business.event')).toBe(
    'event:business.event business.event.name:cart.item-added',
  );
});

test('any other event is found by its name alone, whatever it is written like', () => {
  expect(eventTerms('revenue', 'business.revenue')).toBe('event:business.revenue');
  expect(eventTerms('stock is low', 'stock is low')).toBe('event:"stock is low"');
});
