import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.js';
import { spanTree } from './span-tree.js';
import { spansOf, type WrittenSpan } from './spans-of.js';

function pathOf(written: readonly WrittenSpan[]): Record<string, string> {
  const spans = spansOf(written);
  const path = criticalPath(spans, spanTree(spans), 0);
  const found: Record<string, string> = {};
  spans.id.forEach((id, span) => {
    if (path.onPath[span] === 1) found[id] = `${path.fromUs[span]}-${path.toUs[span]} self ${path.selfUs[span]}`;
  });
  return found;
}

test('work done one after the other is all on the path', () => {
  expect(
    pathOf([
      { id: 'root', from: 0, to: 100 },
      { id: 'a', under: 'root', from: 10, to: 40 },
      { id: 'b', under: 'root', from: 50, to: 90 },
    ]),
  ).toEqual({ root: '0-100 self 30', a: '10-40 self 30', b: '50-90 self 40' });
});

test('of work done at once only what finished last is on the path', () => {
  expect(
    pathOf([
      { id: 'root', from: 0, to: 100 },
      { id: 'quick', under: 'root', from: 10, to: 40 },
      { id: 'slow', under: 'root', from: 10, to: 90 },
    ]),
  ).toEqual({ root: '0-100 self 20', slow: '10-90 self 80' });
});

test('the path goes down through what each span waited for', () => {
  expect(
    pathOf([
      { id: 'root', from: 0, to: 100 },
      { id: 'call', under: 'root', from: 20, to: 80 },
      { id: 'query', under: 'call', from: 30, to: 70 },
    ]),
  ).toEqual({ root: '0-100 self 40', call: '20-80 self 20', query: '30-70 self 40' });
});

test('a child that outlives its parent counts up to the end of its parent, and so does what is below it', () => {
  expect(
    pathOf([
      { id: 'root', from: 0, to: 100 },
      { id: 'late', under: 'root', from: 60, to: 130 },
      { id: 'later', under: 'late', from: 70, to: 120 },
    ]),
  ).toEqual({ root: '0-100 self 60', late: '60-100 self 10', later: '70-100 self 30' });
});

test('what was sent as a message is not waited for', () => {
  expect(
    pathOf([
      { id: 'root', from: 0, to: 100 },
      { id: 'publish', under: 'root', from: 10, to: 20, kind: 4 },
      { id: 'consume', under: 'publish', from: 15, to: 18, kind: 5 },
      { id: 'other', under: 'root', from: 30, to: 100, kind: 5 },
    ]),
  ).toEqual({ root: '0-100 self 90', publish: '10-20 self 10' });
});

test('own times along the path add up to the duration of the root', () => {
  const spans = spansOf([
    { id: 'root', from: 0, to: 1000 },
    { id: 'a', under: 'root', from: 5, to: 300 },
    { id: 'b', under: 'root', from: 250, to: 700 },
    { id: 'c', under: 'b', from: 260, to: 690 },
    { id: 'd', under: 'root', from: 710, to: 990 },
  ]);
  const { selfUs } = criticalPath(spans, spanTree(spans), 0);
  expect(selfUs.reduce((sum, us) => sum + us)).toBe(1000);
});
