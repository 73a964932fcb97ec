import { expect, test } from 'vitest';
import { resolveDurations } from './duration-expression.js';
import { parseExpr } from './parse-expr.js';

const options = { durationExpressions: true };

function rangeOf(duration: string, stepMs = 15_000): unknown {
  const expr = resolveDurations(parseExpr(`a[${duration}]`, options), stepMs);
  return expr.kind === 'matrixSelector' ? expr.rangeMs : undefined;
}

test.each([
  ['5m', 300_000],
  ['90', 90_000],
  ['5m * 2 + 30', 630_000],
  ['-(1m - 3m)', 120_000],
  ['2 ^ 3 ^ 2', 512_000],
  ['10m / 4', 150_000],
  ['7 % 4', 3000],
  ['step() * 4', 60_000],
  ['max(step(), 1m)', 60_000],
  ['min(step(), 1m)', 15_000],
])('[%s] is %d ms', (duration, ms) => {
  expect(rangeOf(duration)).toBe(ms);
});

test('offsets and the parts of subqueries are worked out wherever they stand', () => {
  const expr = parseExpr(
    '-sum(max_over_time((b offset -(step()))[step() * 10:step()] offset (1m + 1m))) + topk(1, c)',
    options,
  );
  expect(resolveDurations(expr, 30_000)).toMatchObject({
    left: {
      expr: {
        expr: {
          args: [
            {
              rangeMs: 300_000,
              rangeExpr: undefined,
              stepMs: 30_000,
              stepExpr: undefined,
              offsetMs: 120_000,
              offsetExpr: undefined,
              expr: { expr: { offsetMs: -30_000 } },
            },
          ],
        },
      },
    },
  });
});

test('a range that is not above 0, a division by zero and too long a time are refused', () => {
  expect(() => rangeOf('1m - 2m')).toThrow('2:9: duration must be greater than 0');
  expect(() => rangeOf('step()', 0)).toThrow('duration must be greater than 0');
  expect(() => rangeOf('1m / (1 - 1)')).toThrow('division by zero');
  expect(() => rangeOf('1m % (1 - 1)')).toThrow('modulo by zero');
  expect(() => rangeOf('10 ^ 300')).toThrow('duration is out of range');
});
