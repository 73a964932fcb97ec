import { expect, test } from 'vitest';
import { spanTree } from './span-tree.js';
import { spansOf } from './spans-of.js';
import { selfTimes, timeByOperation, timeByService } from './time-by-service.js';

const spans = spansOf([
  { id: 'gateway', from: 0, to: 100, service: 0, name: 0 },
  { id: 'left', under: 'gateway', from: 10, to: 50, service: 1, name: 1 },
  { id: 'right', under: 'gateway', from: 30, to: 80, service: 1, name: 1, failed: true },
  { id: 'after', under: 'gateway', from: 90, to: 140, service: 2, name: 2 },
]);
const selfUs = selfTimes(spans, spanTree(spans));

test('children that ran at once are taken off once, and only within their parent', () => {
  expect([...selfUs]).toEqual([20, 40, 50, 50]);
});

test('services come by self time and their shares add up to one', () => {
  expect(timeByService(spans.service, selfUs)).toEqual([
    { worker: 1, selfUs: 90, share: 90 / 160 },
    { worker: 2, selfUs: 50, share: 50 / 160 },
    { worker: 0, selfUs: 20, share: 20 / 160 },
  ]);
});

test('spans of the same operation are added up', () => {
  expect(timeByOperation(spans, spans.service, selfUs)[0]).toEqual({
    worker: 1,
    name: 1,
    first: 1,
    count: 2,
    errorCount: 1,
    totalUs: 90,
    selfUs: 90,
    maxUs: 50,
  });
});

test('a trace that took no time has no shares', () => {
  const instant = spansOf([{ id: 'a' }]);
  expect(timeByService(instant.service, selfTimes(instant, spanTree(instant)))).toEqual([
    { worker: 0, selfUs: 0, share: 0 },
  ]);
});
