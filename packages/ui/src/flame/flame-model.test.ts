import { expect, test } from 'vitest';
import { flameModel, flameRows, frameAt, type FlameInput } from './flame-model.js';

const frame = (name: string, parent: number, self: number, total: number, before?: number): FlameInput => {
  return { name, group: '', place: '', parent, self, total, before, isFailed: false };
};

test('a frame is as wide as itself and its calls; the widest stands first; what is gone has no width', () => {
  const model = flameModel([
    frame('main', -1, 1, 10),
    frame('a', 0, 2, 2),
    frame('b', 0, 3, 7),
    frame('c', 2, 4, 4),
    frame('gone', 0, 0, 0, 5),
  ]);
  expect([...model.width]).toEqual([10, 2, 7, 4, 0]);
  expect([...model.start]).toEqual([0, 7, 0, 0, 9]);
  expect([frameAt(model, 1, 1), frameAt(model, 1, 8), frameAt(model, 1, 9.5), frameAt(model, 9, 0)]).toEqual([
    2, 1, -1, -1,
  ]);
  expect(model.whole).toBe(10);
});

test('the table has each function once; calls of itself count once', () => {
  const rows = flameRows(flameModel([frame('f', -1, 1, 6, 4), frame('g', 0, 2, 5, 1), frame('f', 1, 3, 3, 3)]));
  expect(rows.map(({ name, self, total, before }) => [name, self, total, before])).toEqual([
    ['f', 4, 6, 4],
    ['g', 2, 5, 1],
  ]);
});
