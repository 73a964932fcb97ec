import { expect, test } from 'vitest';
import { edgeKey, mapLayout, nodePx } from './map-layout.js';

test('callers stand left of what they call, nothing overlaps, and the order of arrival changes nothing', () => {
  const edges = [
    ['gateway', 'checkout'],
    ['gateway', 'stock'],
    ['checkout', 'stock'],
    ['stock', 'gateway'],
  ] as const;
  const { places } = mapLayout({ nodes: ['gateway', 'checkout', 'stock', 'alone'], edges });
  const x = (id: string): number => places.get(id)?.x ?? Number.NaN;
  expect(x('gateway')).toBeLessThan(x('checkout'));
  expect(x('checkout')).toBeLessThan(x('stock'));
  expect(new Set([...places.values()].map(place => `${place.x} ${place.y}`)).size).toBe(4);
  const { places: again } = mapLayout({ nodes: ['alone', 'stock', 'checkout', 'gateway'], edges: edges.toReversed() });
  expect([...again].toSorted()).toEqual([...places].toSorted());
});

test('the line of a call that skips a layer passes beside the nodes of that layer', () => {
  const middle = ['a', 'b', 'c'];
  const edges = [
    ...middle.flatMap(id => [['gateway', id] as const, [id, 'store'] as const]),
    ['gateway', 'store'] as const,
  ];
  const { places, bends } = mapLayout({ nodes: ['gateway', ...middle, 'store'], edges });
  const line = bends.get(edgeKey('gateway', 'store')) ?? [];
  const x = places.get('a')?.x ?? Number.NaN;
  const beside = line.filter(point => point.x >= x && point.x <= x + nodePx.width);
  expect(beside.map(point => point.x)).toEqual([x, x + nodePx.width]);
  for (const id of middle) {
    const top = places.get(id)?.y ?? Number.NaN;
    expect(beside.every(({ y }) => y < top || y > top + nodePx.height)).toBe(true);
  }
});
