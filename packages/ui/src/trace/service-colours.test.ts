import { expect, test } from 'vitest';
import { serviceSlots } from './service-colours.js';

const shop = ['gateway', 'catalogue', 'checkout', 'inventory', 'payments', 'worker'];

test('up to eight services have eight different colours', () => {
  expect(new Set(serviceSlots([...shop, 'pricing', 'search']).values()).size).toBe(8);
});

test('the order in which services are named changes nothing', () => {
  expect(serviceSlots(shop.toReversed())).toEqual(serviceSlots(shop));
});

test('a service alone has the colour that it has anywhere without a clash', () => {
  const alone = serviceSlots(['checkout']).get('checkout');
  expect(serviceSlots(['checkout', 'zz']).get('checkout')).toBe(alone);
});

test('past eight services slots repeat and stay within the palette', () => {
  const many = Array.from({ length: 30 }, (_, i) => `service-${i}`);
  for (const slot of serviceSlots(many).values()) expect(slot >= 1 && slot <= 8).toBe(true);
});

test('what is called never takes a colour from a service', () => {
  const services = serviceSlots(shop);
  const both = serviceSlots(shop, ['postgresql shop', 'redis']);
  for (const service of shop) expect(both.get(service)).toBe(services.get(service));
  expect(new Set(both.values()).size).toBe(8);
});
