import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signatures } from '../functions/signatures.js';
import { anyExpr } from './any-expr.test-support.js';
import { functionPhrases } from './describe-functions.js';
import { describeExpr } from './describe.js';
import { parseExpr } from './parse-expr.js';

test.each([
  ['up', '`up`.'],
  ['up{job="api", env!="", code=~"5.."}', '`up` where job is "api", env is set and code matches /5../.'],
  ['{__name__=~"http_.*"} offset 1d', 'Every metric where the name matches /http_.*/, 1 day earlier.'],
  [
    'sum by (job, route) (rate(http_requests_total{code!~"2.."}[5m]))',
    'The sum of the per-second rate of the counter `http_requests_total` where code does not match /2../ over 5 minutes, for each job and route.',
  ],
  [
    'histogram_quantile(0.95, sum by (le) (rate(lat_bucket[1h30m])))',
    'The 0.95 quantile from the histograms the sum of the per-second rate of the counter `lat_bucket` over 1 hour and 30 minutes, for each le.',
  ],
  ['topk(5, sum without (pod) (up))', 'The 5 greatest of the sum of `up`, for each combination of all labels but pod.'],
  [
    'a / on (job) group_left (team) b * 100',
    '`a` divided by `b` (matched by job, several on the left to one on the right, taking over team) times 100.',
  ],
  ['a > bool 5', '1 where `a` is greater than 5, else 0.'],
  ['rate(a[1m]) > 0.5', 'The per-second rate of the counter `a` over 1 minute, only where it is greater than 0.5.'],
  ['a unless on (pod) b', '`a`, but no series that are also in `b` (matched by pod).'],
  ['a or vector(0)', '`a`, and, where that has no such series, 0 as a series without labels.'],
  [
    'max_over_time((a + b)[1h:1m] @ end())',
    'The maximum of (`a` plus `b`), over 1 hour, looked at every 1 minute at the end of the range shown.',
  ],
  ['-a @ 0', 'The negative of `a` at 1970-01-01T00:00:00.000Z.'],
  ['hour()', 'The hour of the day (UTC).'],
  ['round(a, 0.5)', '`a` rounded to the nearest 0.5.'],
  [
    'count_values("version", build_info)',
    'The number of series with each value (as the label "version") of `build_info`.',
  ],
])('%s', (text, sentence) => {
  expect(describeExpr(parseExpr(text))).toBe(sentence);
});

test('every function has words', () => {
  expect([...functionPhrases.keys()].toSorted()).toEqual([...signatures.keys()].toSorted());
});

test('any expression can be put into words, and very deep ones end in code', () => {
  fc.assert(
    fc.property(anyExpr, expr => {
      expect(describeExpr(expr)).toMatch(/^[^]+\.$/);
    }),
  );
  expect(describeExpr(parseExpr(`${'abs('.repeat(20)}a${')'.repeat(20)}`))).toContain('`abs(abs(');
});
