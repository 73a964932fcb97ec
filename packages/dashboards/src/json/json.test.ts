import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadDashboard, fieldOf, parseJson, valueAt, withValueAt, type Json } from './json.js';

const json = fc.jsonValue({ maxDepth: 4 }).map(value => JSON.parse(JSON.stringify(value)) as Json);

test('a place that is written reads back, and everything beside it stays', () => {
  fc.assert(
    fc.property(
      json,
      fc.array(fc.oneof(fc.string(), fc.nat(4)), { minLength: 1, maxLength: 4 }),
      json,
      (document, path, put) => {
        expect(valueAt(withValueAt(document, path, put), path)).toEqual(put);
      },
    ),
  );
  const document: Json = { a: { b: [1, 2], c: 'x' }, d: null };
  const changed = withValueAt(document, ['a', 'b', 1], 3);
  expect(changed).toEqual({ a: { b: [1, 3], c: 'x' }, d: null });
  expect(document).toEqual({ a: { b: [1, 2], c: 'x' }, d: null });
  expect(withValueAt(document, ['a', 'c'], undefined)).toEqual({ a: { b: [1, 2] }, d: null });
});

test('names of the language itself are names like any other', () => {
  const document = parseJson('{"__proto__": {"x": 1}, "constructor": 2}');
  expect(valueAt(document, ['__proto__', 'x'])).toBe(1);
  expect(fieldOf({}, 'constructor')).toBeUndefined();
  const changed = withValueAt(document, ['__proto__', 'x'], 5);
  expect(JSON.stringify(changed)).toBe('{"__proto__":{"x":5},"constructor":2}');
  expect(({} as { x?: number }).x).toBeUndefined();
});

test('what is no JSON, too deep or too large is refused in words', () => {
  expect(() => parseJson('{"a":')).toThrow(BadDashboard);
  expect(() => parseJson('')).toThrow('It is empty.');
  expect(() => parseJson('['.repeat(100_000))).toThrow('nested deeper than 60 levels');
  expect(() => parseJson(`"${'x'.repeat(5 * 1024 * 1024)}"`)).toThrow('larger than 5 MB');
  expect(parseJson('\uFEFF{"a": "[[[[{{{{"}')).toEqual({ a: '[[[[{{{{' });
});
