import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyExpr, withoutPlaces } from './any-expr.test-support.js';
import { parseExpr } from './parse-expr.js';
import { formatExpr, printExpr } from './print.js';

const everything = { experimentalFunctions: true, durationExpressions: true };

test.each([
  ['sum(up)by(job,)', 'sum by (job) (up)'],
  ['sum by () (up)', 'sum(up)'],
  ['SUM WITHOUT () (up)', 'sum without () (up)'],
  ['up{job="b",env=~"x.*",}', 'up{env=~"x.*",job="b"}'],
  ['{__name__="up"}', '{__name__="up"}'],
  ['{"my.metric", "my.label"=\'a"b\'}', '{"my.label"="a\\"b",__name__="my.metric"}'],
  ['a+on(x)group_left(y)b', 'a + on (x) group_left (y) b'],
  ['a+ignoring()group_right b', 'a + ignoring () group_right () b'],
  ['a==bool b', 'a == bool b'],
  ['rate(x[90s]offset -1h)', 'rate(x[1m30s] offset -1h)'],
  ['x@1.5 offset 1w', 'x @ 1.500 offset 1w'],
  ['max_over_time(rate(x[5m])[1h:]@end())', 'max_over_time(rate(x[5m])[1h:] @ end())'],
  ['0x1F+1e3+1_000+.5+Inf', '31 + 1000 + 1000 + 0.5 + +Inf'],
  ['5m + -90s', '5m + -1m30s'],
  ['x[1h*2:step()]', 'x[1h * 2:step()]'],
  ['x offset -(1h + min(5m, step()))', 'x offset -(1h + min(5m, step()))'],
  ["'a\\x41\\101\\u00e9\\t'", '"aAAé\\t"'],
  ['sum by ("a b", inf2, "inf") (x)', 'sum by ("a b", inf2, "inf") (x)'],
  ['holt_winters(x[5m], 0.5, 0.5)', 'double_exponential_smoothing(x[5m], 0.5, 0.5)'],
])('%s is printed as %s', (text, expected) => {
  expect(printExpr(parseExpr(text, everything))).toBe(expected);
});

test('long expressions are wrapped where they nest', () => {
  const text =
    'histogram_quantile(0.95, sum by (le, route) (rate(http_request_duration_seconds_bucket{job="shop"}[5m]))) > on (route) group_left () (limits{job="shop", kind="latency"} * 2)';
  expect(formatExpr(parseExpr(text))).toBe(`  histogram_quantile(
    0.95,
    sum by (le, route) (rate(http_request_duration_seconds_bucket{job="shop"}[5m]))
  )
> on (route) group_left ()
  (limits{job="shop",kind="latency"} * 2)`);
  expect(formatExpr(parseExpr('a + b'))).toBe('a + b');
});

test('what is printed is read as what was printed, on one line and wrapped', () => {
  fc.assert(
    fc.property(anyExpr, expr => {
      const expected = withoutPlaces(expr);
      expect(withoutPlaces(parseExpr(printExpr(expr), everything))).toEqual(expected);
      expect(withoutPlaces(parseExpr(formatExpr(expr), everything))).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
