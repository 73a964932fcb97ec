import { expect, test } from 'vitest';
import { Lanes } from './lanes.js';

test('no more work runs at one time than there are lanes, in the order it came, and a failure frees its lane', async () => {
  const lanes = new Lanes(2);
  let running = 0;
  let most = 0;
  const order: number[] = [];
  const work = async (index: number): Promise<number> => {
    order.push(index);
    most = Math.max(most, ++running);
    await new Promise(resolve => setTimeout(resolve, 1));
    running -= 1;
    if (index === 3) throw new Error('broken');
    return index;
  };
  const done = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(index => lanes.run(() => work(index))));
  expect(most).toBe(2);
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  expect(done.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, false, true, true]);
});
