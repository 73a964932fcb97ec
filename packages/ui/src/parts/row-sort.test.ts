import { expect, test } from 'vitest';
import { nextSort, readSort, sortRows, writeSort, type SortColumn } from './row-sort.js';

type Row = { readonly name: string; readonly p95: number | null };
const name: SortColumn<Row> = { key: 'name', value: row => row.name };
const p95: SortColumn<Row> = { key: 'p95', value: row => row.p95, largestFirst: true };
const rows: readonly Row[] = [
  { name: 'b', p95: 2 },
  { name: 'a', p95: null },
  { name: 'c', p95: 10 },
];
const names = (sort: string): string =>
  sortRows(rows, [name, p95], readSort(sort))
    .map(row => row.name)
    .join('');

test('rows without a value stand last, whichever way one sorts', () => {
  expect(names('p95')).toBe('bca');
  expect(names('-p95')).toBe('cba');
  expect(names('-name')).toBe('cba');
  expect(names('unknown')).toBe('bac');
});

test('the first click sorts the way that is asked for most, the second the other', () => {
  expect(nextSort(p95, undefined)).toEqual({ key: 'p95', falling: true });
  expect(nextSort(p95, { key: 'p95', falling: true })).toEqual({ key: 'p95', falling: false });
  expect(nextSort(name, { key: 'p95', falling: true })).toEqual({ key: 'name', falling: false });
  expect(writeSort({ key: 'p95', falling: true })).toBe('-p95');
});
