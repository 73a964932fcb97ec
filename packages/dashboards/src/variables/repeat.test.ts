import { expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { readDashboard } from '../document/dashboard.js';
import { laidOut } from './repeat.js';

const laid = (document: JsonObject, chosen: Record<string, string[]>) =>
  laidOut(readDashboard(document), name => chosen[name]?.map(value => ({ text: value, value })));

test('a panel repeats for each chosen value, in rows of as many as fit', () => {
  const [section] = laid(
    {
      panels: [
        { id: 1, type: 'stat', repeat: 'host', maxPerRow: 2, gridPos: { x: 0, y: 0, w: 24, h: 4 } },
        { id: 2, type: 'text', gridPos: { x: 0, y: 4, w: 24, h: 2 } },
      ],
    },
    { host: ['a', 'b', 'c'] },
  );
  expect(
    section?.panels.map(({ key, place, scoped }) => [key, place.x, place.y, place.w, scoped.get('host')?.value]),
  ).toEqual([
    ['1', 0, 0, 12, 'a'],
    ['1-r1', 12, 0, 12, 'b'],
    ['1-r2', 0, 4, 12, 'c'],
    ['2', 0, 8, 24, undefined],
  ]);
});

test('a row repeats with everything in it', () => {
  const sections = laid(
    {
      panels: [
        { id: 1, type: 'row', title: 'Host $host', repeat: 'host', collapsed: true, panels: [{ id: 2, type: 'stat' }] },
      ],
    },
    { host: ['a', 'b'] },
  );
  expect(
    sections.map(({ row, panels }) => [
      row?.title,
      row?.key,
      panels.map(({ key, scoped }) => [key, scoped.get('host')?.value]),
    ]),
  ).toEqual([
    ['Host a', '1', [['2', 'a']]],
    ['Host b', '1-1', [['2-1', 'b']]],
  ]);
});

test('panels that would overlap stand below each other, and no room is left above', () => {
  const [section] = laid(
    {
      panels: [
        { id: 1, type: 'stat' },
        { id: 2, type: 'stat' },
        { id: 3, type: 'stat', gridPos: { x: 12, y: 90, w: 12, h: 3 } },
      ],
    },
    {},
  );
  expect(section?.panels.map(({ id, place }) => [id, place.x, place.y])).toEqual([
    [1, 0, 0],
    [2, 0, 8],
    [3, 12, 0],
  ]);
});
