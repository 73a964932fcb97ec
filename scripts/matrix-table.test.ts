import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { guide, matrixTable, withTable } from './matrix-table.mjs';

test('the table of the guide is what the tests recorded: node scripts/matrix-table.mjs writes it', () => {
  const text = readFileSync(guide, 'utf8');
  expect(withTable(text)).toBe(text);
});

test('a library has a row with its versions, and a mark where a test of it passed', () => {
  const rows = [
    { title: 'a', set: 'current', form: 'esm', nodeMajor: 20, version: '5.3.0' },
    { title: 'b', set: 'previous', form: 'webpack', nodeMajor: 24, version: '4.22.3' },
  ];
  expect(
    matrixTable([['express', rows]])
      .split('\n')
      .at(-1),
  ).toBe('| express | 4.22.3, 5.3.0 | ✓ | – | – | ✓ | – | ✓ | – | ✓ | – |');
});
