import { expect, test } from 'vitest';
import { readColumns, writeColumns } from './columns.js';
import { readSelection, writeSelection } from './log-selection.js';

test('columns survive the URL, also with a comma in their name', () => {
  const keys = ['order.id', 'a,b'];
  expect(readColumns(writeColumns(keys))).toEqual(keys);
});

test('no columns are no param, repeated ones count once', () => {
  expect(writeColumns([])).toBeUndefined();
  expect(readColumns('a,,a')).toEqual(['a']);
  expect(readColumns(undefined)).toEqual([]);
});

test('a selected line survives the URL with all digits of its time', () => {
  const line = { id: '18446744073709551615', timeNs: '1795267200000000001' };
  expect(readSelection(writeSelection(line))).toEqual(line);
  for (const text of ['', '1', 'a.b', '1.2.3', undefined]) expect(readSelection(text)).toBeUndefined();
});
