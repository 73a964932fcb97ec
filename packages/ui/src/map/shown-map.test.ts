import type { MapEdge, MapNode } from '@bellwether/model';
import { expect, test } from 'vitest';
import { asOf, shownMap, type MapFilter } from './shown-map.js';

const figures = { status: 'healthy', calls: 100, callsPerSecond: 10, errorRatio: 0, p95Ms: 20 } as const;
const node = (id: string, more: Partial<MapNode> = {}): MapNode => {
  return { ...figures, id, kind: 'service', name: id, environments: [], namespace: '', team: '', ...more };
};
const edge = (from: string, to: string, more: Partial<MapEdge> = {}): MapEdge => {
  return { ...figures, from, to, isAsync: false, ...more };
};
const all: MapFilter = { text: '', onlyProblems: false, minPerSecond: 0, groupedBy: undefined, openGroup: undefined };
const map = {
  nodes: [node('gateway'), node('checkout', { status: 'failing', errorRatio: 0.2 }), node('stock'), node('mail')],
  edges: [edge('gateway', 'checkout'), edge('gateway', 'stock'), edge('stock', 'mail', { callsPerSecond: 0.1 })],
};
const names = (filter: Partial<MapFilter>): string =>
  shownMap(map, { ...all, ...filter })
    .nodes.map(({ name }) => name)
    .join(' ');

const many = (more: Partial<MapNode>): readonly MapNode[] =>
  Array.from({ length: 81 }, (_, i) => node(`s${i}`, { team: '', namespace: '', ...more }));
const groupedBy = (nodes: readonly MapNode[]): string => shownMap({ nodes: [...nodes], edges: [] }, all).groupedBy;

test('a text keeps what is called so and its neighbours; problems keep who suffers from them; little traffic is left out', () => {
  expect(names({})).toBe('gateway checkout stock mail');
  expect(names({ text: 'STO' })).toBe('gateway stock mail');
  expect(names({ onlyProblems: true })).toBe('gateway checkout');
  expect(shownMap(map, { ...all, minPerSecond: 1 }).edges).toHaveLength(2);
});

test('groups have the sums of their members and the worst of their states; an opened one shows them', () => {
  const teams = {
    nodes: [
      node('a', { team: 'shop' }),
      node('b', { team: 'shop', status: 'failing', errorRatio: 0.5, p95Ms: 90 }),
      node('c', { team: 'pay' }),
    ],
    edges: [edge('a', 'c'), edge('b', 'c', { errorRatio: 0.5, p95Ms: 90 }), edge('a', 'b')],
  };
  const { nodes, edges } = shownMap(teams, { ...all, groupedBy: 'team' });
  expect(nodes.map(({ id }) => id)).toEqual(['group:shop', 'c']);
  expect(nodes[0]).toMatchObject({ status: 'failing', callsPerSecond: 20, errorRatio: 0.25, p95Ms: 90 });
  expect(edges).toMatchObject([{ from: 'group:shop', to: 'c', calls: 200, errorRatio: 0.25, p95Ms: 90 }]);
  expect(shownMap(teams, { ...all, groupedBy: 'team', openGroup: 'group:shop' }).nodes).toHaveLength(3);
});

test('more than 80 nodes are grouped by team where teams are told, else by namespace, else by kind', () => {
  expect(groupedBy(many({ team: 'a' }))).toBe('team');
  expect(groupedBy(many({ namespace: 'a' }))).toBe('namespace');
  expect(groupedBy(many({}))).toBe('kind');
  expect(groupedBy(many({}).slice(1))).toBe('none');
});

test('at one minute everything keeps its place, with figures of that minute or none', () => {
  const { nodes, edges } = asOf(map, { nodes: [node('checkout', { calls: 3 })], edges: [] });
  expect(nodes.map(({ name, calls, status }) => `${name} ${calls} ${status}`)).toEqual([
    'gateway 0 no-data',
    'checkout 3 healthy',
    'stock 0 no-data',
    'mail 0 no-data',
  ]);
  expect(edges.map(({ status }) => status)).toEqual(['no-data', 'no-data', 'no-data']);
});
