import { expect, test } from 'vitest';
import { SendQueue } from './send-queue.js';

test('a full queue drops its oldest and counts what they held', () => {
  const queue = new SendQueue(100);
  for (const items of [1, 2, 3]) queue.push({ signal: 'traces', body: Buffer.alloc(40), items });
  expect([queue.size, queue.bytes, queue.dropped.traces, queue.peek()?.items]).toEqual([2, 80, 1, 2]);
});

test('a batch that was dropped while it was being sent takes no other with it', () => {
  const queue = new SendQueue(100);
  queue.push({ signal: 'logs', body: Buffer.alloc(90), items: 1 });
  const sending = queue.peek();
  queue.push({ signal: 'logs', body: Buffer.alloc(90), items: 2 });
  if (sending !== undefined) queue.sent(sending);
  expect([queue.size, queue.peek()?.items, queue.dropped.logs]).toEqual([1, 2, 1]);
});
