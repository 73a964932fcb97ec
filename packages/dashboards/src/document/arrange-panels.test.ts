import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { canArrange, duplicatePanel, placePanel, removePanel, steppedPlace } from './arrange-panels.js';
import { readDashboard } from './dashboard.js';

const panel = (id: number, x: number, y: number, w: number, h: number, more: JsonObject = {}): JsonObject => ({
  id,
  type: 'stat',
  gridPos: { x, y, w, h },
  ...more,
});
const row = (id: number, y: number, panels?: readonly JsonObject[]): JsonObject => ({
  id,
  type: 'row',
  collapsed: panels !== undefined,
  gridPos: { x: 0, y, w: 24, h: 1 },
  panels: panels ?? [],
});

/** `1@0,8 12x8`: where the file says the panels stand. */
function places(document: JsonObject): readonly string[] {
  const list = document['panels'];
  return (Array.isArray(list) ? list : []).map(one => {
    const { id, gridPos } = one as { id: number; gridPos: { x: number; y: number; w: number; h: number } };
    return `${id}@${gridPos.x},${gridPos.y} ${gridPos.w}x${gridPos.h}`;
  });
}

const two: JsonObject = { panels: [panel(1, 0, 0, 12, 8), panel(2, 0, 8, 12, 8)], other: 'kept' };

test('a panel that is put where another stands pushes it down', () => {
  expect(places(placePanel(two, ['panels', 1], { x: 0, y: 1, w: 12, h: 8 }))).toEqual(['1@0,8 12x8', '2@0,0 12x8']);
});

test('below the middle of another it stays below; past it they change places', () => {
  expect(places(placePanel(two, ['panels', 0], { x: 0, y: 3, w: 12, h: 8 }))).toEqual(places(two));
  expect(places(placePanel(two, ['panels', 0], { x: 0, y: 5, w: 12, h: 8 }))).toEqual(['1@0,8 12x8', '2@0,0 12x8']);
});

test('beside others there is room: nothing else of the file changes', () => {
  const moved = placePanel(two, ['panels', 1], { x: 12, y: 0, w: 12, h: 8 });
  expect(moved).toEqual({ ...two, panels: [panel(1, 0, 0, 12, 8), panel(2, 12, 0, 12, 8)] });
});

test('a panel that grows pushes what is beside it below, and the rows below go down with it', () => {
  const document: JsonObject = {
    panels: [panel(1, 0, 0, 12, 8), panel(2, 12, 0, 12, 8), row(3, 8), panel(4, 0, 9, 24, 4)],
  };
  const grown = placePanel(document, ['panels', 0], { x: 0, y: 0, w: 18, h: 10 });
  expect(places(grown)).toEqual(['1@0,0 18x10', '2@12,10 12x8', '3@0,18 24x1', '4@0,19 24x4']);
  expect(places(placePanel(grown, ['panels', 0], { x: 0, y: 0, w: 12, h: 8 }))).toEqual([
    '1@0,0 12x8',
    '2@12,0 12x8',
    '3@0,8 24x1',
    '4@0,9 24x4',
  ]);
});

test('panels below a row stay below it', () => {
  const document: JsonObject = { panels: [panel(1, 0, 0, 24, 4), row(2, 4), panel(3, 0, 5, 12, 4)] };
  expect(places(placePanel(document, ['panels', 2], { x: 6, y: 0, w: 12, h: 4 }))).toEqual([
    '1@0,0 24x4',
    '2@0,4 24x1',
    '3@6,5 12x4',
  ]);
});

test('in a folded row panels make room for each other', () => {
  const document: JsonObject = { panels: [row(1, 0, [panel(2, 0, 7, 12, 4), panel(3, 12, 7, 12, 4)])] };
  const next = placePanel(document, ['panels', 0, 'panels', 1], { x: 0, y: 7, w: 12, h: 4 });
  expect(readDashboard(next).sections[0]?.panels.map(({ id, place }) => [id, place.x, place.y])).toEqual([
    [3, 0, 7],
    [2, 0, 11],
  ]);
});

test('the keyboard steps by a column, and past what stands above or below', () => {
  expect(steppedPlace(two, ['panels', 0], 'right')).toEqual({ x: 1, y: 0, w: 12, h: 8 });
  expect(steppedPlace(two, ['panels', 0], 'left')?.x).toBe(0);
  const down = steppedPlace(two, ['panels', 0], 'down');
  expect(down === undefined ? [] : places(placePanel(two, ['panels', 0], down))).toEqual(['1@0,8 12x8', '2@0,0 12x8']);
  expect(steppedPlace(two, ['panels', 0], 'up')).toBeUndefined();
  expect(steppedPlace(two, ['panels', 1], 'down')).toBeUndefined();
});

test('a copy stands below its panel with an id of its own; a removed one leaves no hole', () => {
  const document: JsonObject = { panels: [panel(1, 0, 0, 12, 8, { title: 'A' }), row(7, 8), panel(3, 0, 9, 24, 4)] };
  const copied = duplicatePanel(document, ['panels', 0]);
  expect(places(copied)).toEqual(['1@0,0 12x8', '8@0,8 12x8', '7@0,16 24x1', '3@0,17 24x4']);
  expect(readDashboard(copied).sections[0]?.panels.map(({ title }) => title)).toEqual(['A', 'A (copy)']);
  expect(removePanel(copied, ['panels', 1])).toEqual(document);
});

test('rows of before 2018 cannot be arranged, but panels can be taken out', () => {
  const document: JsonObject = {
    rows: [
      {
        title: 'A',
        panels: [
          { id: 1, type: 'graph' },
          { id: 2, type: 'graph' },
        ],
      },
    ],
  };
  expect(canArrange(['rows', 0, 'panels', 0])).toBe(false);
  expect(placePanel(document, ['rows', 0, 'panels', 0], { x: 0, y: 0, w: 3, h: 3 })).toBe(document);
  expect(removePanel(document, ['rows', 0, 'panels', 0])).toEqual({
    rows: [{ title: 'A', panels: [{ id: 2, type: 'graph' }] }],
  });
});

test('wherever a panel is put, no two panels overlap and none leaves its row', () => {
  const places = fc.record({
    x: fc.integer({ min: -5, max: 30 }),
    y: fc.integer({ min: -5, max: 60 }),
    w: fc.integer({ min: 0, max: 30 }),
    h: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(places, { minLength: 1, maxLength: 12 }), fc.nat(11), places, (given, which, place) => {
      const list = given.map(({ x, y, w, h }, at) => panel(at + 1, x, y, w, h));
      const moved = placePanel({ panels: [...list, row(99, 100)] }, ['panels', which % list.length], place);
      const [above, below] = readDashboard(moved).sections;
      expect(above?.panels).toHaveLength(list.length);
      expect(below?.row?.key).toBe('99');
      const cells = new Set<string>();
      for (const { place: one } of above?.panels ?? []) {
        for (let x = one.x; x < one.x + one.w; x += 1) {
          for (let y = one.y; y < one.y + one.h; y += 1) {
            expect(cells.has(`${x} ${y}`)).toBe(false);
            cells.add(`${x} ${y}`);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});
