import { expect, test } from 'vitest';
import { MarkedTraces } from './marked-traces.js';

test('a trace is remembered for as long as it was said, and not for ever', () => {
  const marked = new MarkedTraces(1000);
  marked.add(1, 5000);
  marked.add(2, 5900);
  marked.add(3, 6900);
  expect([1, 2, 3].map(key => marked.has(key))).toEqual([true, true, true]);
  marked.add(4, 8000);
  expect([1, 2, 3, 4].map(key => marked.has(key))).toEqual([false, false, true, true]);
});

test('too many make room by forgetting the oldest', () => {
  const marked = new MarkedTraces(1000, 10);
  for (let key = 1; key <= 25; key++) marked.add(key, 5000);
  expect([1, 10, 11, 20, 21, 25].map(key => marked.has(key))).toEqual([false, false, true, true, true, true]);
});
