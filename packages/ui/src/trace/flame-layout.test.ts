import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { flameLayout, spanAt } from './flame-layout.js';
import { spanTree } from './span-tree.js';
import { spansOf } from './spans-of.js';

const spans = spansOf([
  { id: 'root', from: 0, to: 100 },
  { id: 'a', under: 'root', from: 10, to: 50 },
  { id: 'b', under: 'root', from: 20, to: 90 },
  { id: 'c', under: 'a', from: 25, to: 30 },
  { id: 'd', under: 'root', from: 60, to: 70 },
]);
const layout = flameLayout(spans, spanTree(spans));

test('work done at once stands in rows of its own; a free row is used again', () => {
  expect([...layout.rowOf]).toEqual([0, 1, 2, 3, 1]);
  expect(layout.rowCount).toBe(4);
});

test('the span under the pointer is found in its row', () => {
  expect(spanAt(layout, spans, 1, 65)).toBe(4);
  expect(spanAt(layout, spans, 1, 55)).toBeUndefined();
  expect(spanAt(layout, spans, 9, 55)).toBeUndefined();
});

test('a span without length, placed early for its child, does not hide the one that begins with it', () => {
  const made = {
    ...spansOf([
      { id: '0', from: 0, to: 0 },
      { id: '1', from: 24, to: 53 },
      { id: '2', from: 29, to: 39 },
      { id: '3', from: 29, to: 29 },
    ]),
    parent: [0, 3, 16, 3],
  };
  const laid = flameLayout(made, spanTree(made));
  expect(Array.from(laid.spans.subarray(laid.rowStart[0], laid.rowStart[1]))).toEqual([0, 3, 2]);
});

test('no two spans of a row overlap, and each stands below its parent', () => {
  const span = fc.record({
    parent: fc.integer({ min: -1, max: 20 }),
    from: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 0, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(span, { maxLength: 25 }), written => {
      const byStart = written.sort((a, b) => a.from - b.from);
      const made = {
        ...spansOf(byStart.map((each, i) => ({ id: String(i), from: each.from, to: each.from + each.length }))),
        parent: byStart.map(each => each.parent),
      };
      const tree = spanTree(made);
      const laid = flameLayout(made, tree);
      for (let row = 0; row < laid.rowCount; row++) {
        let endUs = -1;
        for (let i = laid.rowStart[row]!; i < laid.rowStart[row + 1]!; i++) {
          const index = laid.spans[i]!;
          expect(made.startUs[index]).toBeGreaterThanOrEqual(endUs);
          endUs = made.startUs[index]! + made.durationUs[index]!;
        }
      }
      for (let i = 0; i < tree.count; i++) {
        expect(laid.rowOf[i]).toBeGreaterThan(laid.rowOf[tree.parent[i]!] ?? -1);
      }
    }),
  );
});
