import { expect, test } from 'vitest';
import { itemsOf, type ItemRows } from './item-rows.js';

const spans = (row: number, items: number): ItemRows => ({ table: 'spans', row, items });
const counted = (rows: readonly ItemRows[], table: string, ...ranges: [number, number][]): object =>
  Object.fromEntries(itemsOf(rows, [{ table, ranges }]));

test('refused rows are items of the requests that brought them, also across their borders', () => {
  const rows = [spans(0, 3), spans(1, 2), spans(0, 2)];
  expect(counted(rows, 'spans', [0, 1])).toEqual({ 0: 1 });
  expect(counted(rows, 'spans', [2, 2])).toEqual({ 0: 1, 1: 1 });
  expect(counted(rows, 'spans', [0, 7])).toEqual({ 0: 5, 1: 2 });
  expect(counted(rows, 'spans', [1, 1], [4, 1], [6, 1])).toEqual({ 0: 2, 1: 1 });
  expect(counted(rows, 'logs', [0, 3])).toEqual({});
});

test('an item of several rows is one item, whichever of its rows are refused', () => {
  const rows: ItemRows[] = [
    { table: 'metric_samples', row: 0, items: 3, widths: [1, 4, 4] },
    { table: 'metric_samples', row: 1, items: 2 },
  ];
  expect(counted(rows, 'metric_samples', [1, 3])).toEqual({ 0: 1 });
  expect(counted(rows, 'metric_samples', [4, 2])).toEqual({ 0: 2 });
  expect(counted(rows, 'metric_samples', [8, 2])).toEqual({ 0: 1, 1: 1 });
  expect(counted(rows, 'metric_samples', [0, 11])).toEqual({ 0: 3, 1: 2 });
});

test('where rows are mixed their sum is right', () => {
  const rows: ItemRows[] = [
    { table: 'metric_samples', row: 0, items: 3, isMixed: true },
    { table: 'metric_samples', row: 1, items: 2, isMixed: true },
  ];
  expect(counted(rows, 'metric_samples', [1, 2], [4, 2])).toEqual({ 0: 3, 1: 1 });
});
