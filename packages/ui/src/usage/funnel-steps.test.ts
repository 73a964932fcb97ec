import { expect, test } from 'vitest';
import { readSteps, suggestSteps } from './funnel-steps.js';

const row = (name: string, users: number, event = 'business.event') => ({
  name,
  event,
  users,
  events: users,
  tenants: 1,
  adoption: null,
  lastMs: 0,
  trend: [],
});

test('a funnel begins with what most people did, and ends with what is paid', () => {
  const usage = [
    row('cart.item-added', 40),
    row('product.viewed', 90),
    row('search', 95, 'business.feature'),
    row('order.paid', 20, 'business.order'),
    row('order.created', 22, 'business.order'),
    row('revenue', 0, 'business.revenue'),
  ];
  expect(suggestSteps(usage)).toEqual(['product.viewed', 'cart.item-added', 'order.created', 'order.paid']);
});

test('without orders it is what most people did, and nothing where there are not two steps', () => {
  expect(suggestSteps([row('export', 2, 'business.feature'), row('search', 5, 'business.feature')])).toEqual([
    'search',
    'export',
  ]);
  expect(suggestSteps([row('search', 5, 'business.feature')])).toEqual([]);
});

test('steps of a link are names between commas, ten at most', () => {
  expect(readSteps(' a, b,,c ')).toEqual(['a', 'b', 'c']);
  expect(readSteps('x,'.repeat(20))).toHaveLength(10);
  expect(readSteps(undefined)).toEqual([]);
});
