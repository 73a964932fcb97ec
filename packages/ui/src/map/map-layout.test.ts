import { expect, test } from 'vitest';
import { mapLayout } from './map-layout.js';

test('callers stand left of what they call, nothing overlaps, and the order of arrival changes nothing', () => {
  const edges = [
    ['gateway', 'checkout'],
    ['gateway', 'stock'],
    ['checkout', 'stock'],
    ['stock', 'gateway'],
  ] as const;
  const places = mapLayout({ nodes: ['gateway', 'checkout', 'stock', 'alone'], edges });
  const x = (id: string): number => places.get(id)?.x ?? Number.NaN;
  expect(x('gateway')).toBeLessThan(x('checkout'));
  expect(x('checkout')).toBeLessThan(x('stock'));
  expect(new Set([...places.values()].map(place => `${place.x} ${place.y}`)).size).toBe(4);
  const again = mapLayout({ nodes: ['alone', 'stock', 'checkout', 'gateway'], edges: edges.toReversed() });
  expect([...again].toSorted()).toEqual([...places].toSorted());
});
