import { expect, test } from 'vitest';
import { addMatcher } from './add-matcher.js';

test.each([
  ['up', 'up{job="api"}'],
  ['rate(x[5m]) / rate(y{a="b"}[5m] offset 1h)', 'rate(x{job="api"}[5m]) / rate(y{a="b", job="api"}[5m] offset 1h)'],
  ['x{job="web", a="},{"}', 'x{a="},{", job="api"}'],
  ['x{job=~"w.*"}', 'x{job=~"w.*", job="api"}'],
  ['{"http.x"}', '{"http.x", job="api"}'],
  ['sum by (job) (# why\n  x)', 'sum by (job) (# why\n  x{job="api"})'],
])('a label is added to every selector of %s', (expr, expected) => {
  expect(addMatcher(expr, 'job', 'api')).toBe(expected);
});

test('a value is quoted, and a label that is no identifier too', () => {
  expect(addMatcher('up', 'http.route', '/a"b')).toBe('up{"http.route"="/a\\"b"}');
});

test('what cannot be read is left alone', () => {
  expect(addMatcher('sum(', 'job', 'api')).toBeUndefined();
});
