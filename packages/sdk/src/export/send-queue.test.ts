import { expect, test } from 'vitest';
import { SendQueue } from './send-queue.js';

const batch = (items: number, isPrecious = false) =>
  ({ signal: 'logs', body: Buffer.alloc(40), items, isPrecious }) as const;

test('a full queue gives up its oldest', () => {
  const queue = new SendQueue(100);
  const gone = [1, 2, 3].flatMap(items => queue.push(batch(items)));
  expect([gone.map(each => each.items), queue.size, queue.bytes, queue.peek()?.items]).toEqual([[1], 2, 80, 2]);
});

test('a batch that was dropped while it was being sent takes no other with it', () => {
  const queue = new SendQueue(50);
  const [first, second] = [batch(1), batch(2)];
  queue.push(first);
  queue.push(second);
  expect([queue.remove(first), queue.size, queue.peek()]).toEqual([false, 1, second]);
});

test('[L9] business events and errors go first, and are given up last', () => {
  const queue = new SendQueue(100);
  queue.push(batch(1, true));
  queue.push(batch(2));
  expect(queue.push(batch(3, true)).map(each => each.items)).toEqual([2]);
  expect(queue.push(batch(4)).map(each => each.items)).toEqual([4]);
  expect(queue.all().map(each => each.items)).toEqual([1, 3]);
});
