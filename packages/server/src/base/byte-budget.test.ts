import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.js';

/** Takes in steps of one until refused; how much that was. */
function takeAll(budget: ByteBudget, name: string): number {
  let taken = 0;
  while (budget.share(name).tryTake(1)) taken += 1;
  return taken;
}

test('who takes all it can get has half, two have a third each, and there is always room for one more', () => {
  const budget = new ByteBudget(1200);
  expect(takeAll(budget, 'a')).toBe(600);
  expect(takeAll(budget, 'b')).toBe(300);
  budget.share('a').give(600);
  expect(takeAll(budget, 'b')).toBe(300);
  expect(takeAll(budget, 'a')).toBe(300);
  expect(takeAll(budget, 'c')).toBe(150);
});

test('a single body may be as large as half of it, and what is given back is there again', () => {
  const budget = new ByteBudget(1000);
  const share = budget.share('a');
  expect([share.tryTake(501), share.tryTake(1000), share.tryTake(1001)]).toEqual([true, false, false]);
  share.give(501);
  expect(budget.taken).toBe(0);
});
