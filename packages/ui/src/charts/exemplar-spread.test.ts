import { expect, test } from 'vitest';
import { spreadExemplars } from './exemplar-spread.js';
import type { ExemplarPoint } from './exemplars.js';

const place = { leftPx: 40, topPx: 16, widthPx: 1000, heightPx: 100, fromMs: 0, toMs: 1000, low: 0, high: 10 };
const at = (timeMs: number, value: number, traceId = `${timeMs}`): ExemplarPoint => ({
  timeMs,
  value,
  traceId,
  spanId: undefined,
});

test('an exemplar stands at its time and value; beyond the axis at its edge', () => {
  const placed = spreadExemplars([at(250, 5), at(500, 40)], place);
  expect(placed.map(({ xPx, yPx }) => [xPx, yPx])).toEqual([
    [250, 50],
    [500, 0],
  ]);
});

test('of two that would cover each other the slower one stays', () => {
  expect(spreadExemplars([at(3, 5, 'a'), at(5, 5.1, 'b')], place).map(({ exemplar }) => exemplar.traceId)).toEqual([
    'b',
  ]);
});

test('what lies outside the range or is no number is left out, and there are never too many', () => {
  expect(spreadExemplars([at(-1, 1), at(1001, 1), at(5, Number.NaN)], place)).toEqual([]);
  const many = Array.from({ length: 5000 }, (_, index) => at(index % 1000, (index * 7) % 10, `${index}`));
  expect(spreadExemplars(many, place).length).toBeLessThanOrEqual(120);
});
