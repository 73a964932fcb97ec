import { expect, test } from 'vitest';
import { tenants } from '../domain/tenants.js';
import { plan, type Visit } from './plan.js';
import { rhythm } from './rhythm.js';

const noonMs = Date.UTC(2026, 10, 21, 12);

function first(count: number, seed: number, ratePerSecond = 8): readonly Visit[] {
  const visits: Visit[] = [];
  for (const visit of plan(seed, ratePerSecond, noonMs)) {
    visits.push(visit);
    if (visits.length === count) break;
  }
  return visits;
}

test('the same seed plans the same traffic, another seed another', () => {
  expect(first(500, 42)).toEqual(first(500, 42));
  expect(first(500, 42)).not.toEqual(first(500, 43));
});

test('visits come in order, at the rate of that time of day', () => {
  const visits = first(20_000, 1);
  expect(visits.every((visit, i) => i === 0 || visit.atMs >= (visits[i - 1]?.atMs ?? 0))).toBe(true);
  const lastMs = visits.at(-1)?.atMs ?? 0;
  const perSecond = visits.length / ((lastMs - noonMs) / 1000);
  expect(perSecond / (8 * rhythm((noonMs + lastMs) / 2))).toBeCloseTo(1, 1);
});

test('the afternoon is busier than the night, and the day averages to the rate', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => rhythm(Date.UTC(2026, 10, 21, hour)));
  expect(hours[16]).toBeCloseTo(1.45);
  expect(hours[4]).toBeCloseTo(0.55);
  expect(hours.reduce((sum, one) => sum + one, 0) / 24).toBeCloseTo(1);
});

test('all kinds of actions happen, and orders follow full carts', () => {
  const kinds = new Map<string, number>();
  for (const { action } of first(20_000, 5)) kinds.set(action.kind, (kinds.get(action.kind) ?? 0) + 1);
  const share = (kind: string) => (kinds.get(kind) ?? 0) / 20_000;
  expect([...kinds.keys()].sort()).toEqual([
    'add-item',
    'browse',
    'checkout',
    'delivery',
    'product',
    'quote',
    'refund',
    'reviews',
    'search',
    'statement',
    'view-cart',
    'view-order',
  ]);
  expect(share('checkout')).toBeGreaterThan(0.02);
  expect(share('search')).toBeLessThan(0.05);
  expect(share('refund')).toBeLessThan(share('checkout'));
});

test('somebody orders within the first seconds', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const order = first(400, seed).find(visit => visit.action.kind === 'checkout');
    expect(order?.atMs ?? Infinity).toBeLessThan(noonMs + 12_000);
  }
});

test('every tenant has visitors, the largest the most', () => {
  const visitors = new Map<string, Set<string>>();
  for (const { shopper } of first(20_000, 5)) {
    visitors.set(shopper.tenantId, (visitors.get(shopper.tenantId) ?? new Set()).add(shopper.userId));
  }
  expect(visitors.size).toBe(tenants.length);
  const [most] = [...visitors].sort(([, a], [, b]) => b.size - a.size);
  expect(most?.[0]).toBe('acme-industrial');
});
