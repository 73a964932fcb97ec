import { expect, test } from 'vitest';
import { csv } from './csv.js';

test('cells are quoted where they must be, and numbers stay numbers', () => {
  expect(csv([['a "b", c', 'two\nlines', -5, null, Number.NaN]])).toBe('"a ""b"", c","two\nlines",-5,,\r\n');
});

test('what a spreadsheet would compute is a text to it', () => {
  const texts = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '=HYPERLINK("a","b")'];
  expect(csv(texts.map(text => [text]))).toBe(
    `'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n'\tx\r\n"'=HYPERLINK(""a"",""b"")"\r\n`,
  );
});
