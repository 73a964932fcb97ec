import { expect, test } from 'vitest';
import { DistinctCount } from './distinct-count.js';

const counted = (members: number): number => {
  const set = new DistinctCount();
  for (let i = 0; i < members; i++) {
    set.add(`user ${i}`);
    set.add(`user ${i >> 1}`);
  }
  return set.count();
};

test('up to 256 members are counted exactly, however often they come', () => {
  expect([0, 1, 2, 255, 256].map(counted)).toEqual([0, 1, 2, 255, 256]);
});

test.each([257, 1000, 10_000, 30_000])('%i members are counted within 5%%', members => {
  expect(Math.abs(counted(members) - members) / members).toBeLessThan(0.05);
});
