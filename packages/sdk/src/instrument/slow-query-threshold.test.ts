import { expect, test } from 'vitest';
import { targetOf } from './database-target.js';
import { readThresholds, thresholdOf } from './slow-query-threshold.js';

const shop = targetOf('postgresql', 'shop', 'db.internal', 5432);

test.each([
  [undefined, 1000],
  [100, 100],
  ['250', 250],
  ['500,postgresql=200', 200],
  ['500,postgresql=200,shop=100', 100],
  ['shop=100,db.internal:5432=50', 50],
  ['db.internal:5432=50,db.internal:5432/shop=20', 20],
  [{ default: 300, mysql: 10 }, 300],
])('[D2] with %j a query of the shop is slow from %i ms on', (value, ms) => {
  const problems: string[] = [];
  expect([thresholdOf(readThresholds(value, 'X', problems), shop), problems]).toEqual([ms, []]);
});

test('what is no number of milliseconds is named, and the default stays', () => {
  const problems: string[] = [];
  expect(readThresholds('soon,shop=-1', 'BELLWETHER_SLOW_QUERY_MS', problems).defaultMs).toBe(1000);
  expect(problems).toEqual([
    'BELLWETHER_SLOW_QUERY_MS should be milliseconds such as 500 or shop=100, not "soon"',
    'BELLWETHER_SLOW_QUERY_MS should be milliseconds such as 500 or shop=100, not "-1"',
  ]);
});
