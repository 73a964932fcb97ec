import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSearch, stringifySearch } from '../search-params.js';
import { readQueries, writeQueries, type MetricQuery } from './query-list.js';

test('a link to one query is its text', () => {
  expect(readQueries(parseSearch('?q=up'))).toEqual([
    { letter: 'A', expr: 'up', isOn: true, legend: '', unit: '', editor: 'code', explains: false },
  ]);
});

test('what differs from the default is kept by letter', () => {
  const queries = readQueries(parseSearch('?q=up&q=down&off=B&legend=A:{{job}}: x&unit=B:bytes&builder=A'));
  expect(queries).toEqual([
    { letter: 'A', expr: 'up', isOn: true, legend: '{{job}}: x', unit: '', editor: 'builder', explains: false },
    { letter: 'B', expr: 'down', isOn: false, legend: '', unit: 'bytes', editor: 'code', explains: false },
  ]);
});

test('a query that is removed moves the others up with all that is theirs', () => {
  const [, ...rest] = readQueries(parseSearch('?q=up&q=down&off=B&legend=B:{{job}}'));
  expect(stringifySearch(writeQueries(rest))).toBe('?q=down&off=A&legend=A:%7B%7Bjob%7D%7D');
});

test('the URL gives back what was written, whatever the texts', () => {
  const one = fc.record({
    expr: fc.string({ minLength: 1 }).filter(expr => expr.trim() !== ''),
    isOn: fc.boolean(),
    legend: fc.string(),
    unit: fc.constantFrom('', 'bytes'),
    editor: fc.constantFrom('code' as const, 'builder' as const),
    explains: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 5 }), given => {
      const queries: readonly MetricQuery[] = given.map((query, index) => ({ ...query, letter: 'ABCDE'[index] ?? '' }));
      expect(readQueries(parseSearch(stringifySearch(writeQueries(queries))))).toEqual(queries);
    }),
  );
});
