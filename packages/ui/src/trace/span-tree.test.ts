import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { spanTree } from './span-tree.js';
import { spansOf } from './spans-of.js';

function drawn(ids: readonly (readonly [string, string?])[]): string[] {
  const spans = spansOf(ids.map(([id, under]) => (under === undefined ? { id } : { id, under })));
  const tree = spanTree(spans);
  return [...tree.order].map(span => `${tree.depth[span]}${spans.id[span]}`);
}

test('children follow their parent; an orphan stands at the root', () => {
  expect(drawn([['a'], ['b', 'a'], ['x', 'lost'], ['c', 'b']])).toEqual(['0a', '1b', '2c', '0x']);
});

test('a parent that comes after its child in time still stands above it', () => {
  expect(drawn([['child', 'late'], ['late'], ['other', 'late']])).toEqual(['0late', '1child', '1other']);
});

test('an orphan is marked, a root is not', () => {
  const tree = spanTree(spansOf([{ id: 'a' }, { id: 'x', under: 'lost' }]));
  expect([...tree.orphan]).toEqual([0, 1]);
});

test('a ring of parents is cut where it is met first, and no span is lost', () => {
  expect(
    drawn([
      ['a', 'c'],
      ['b', 'a'],
      ['c', 'b'],
      ['own', 'own'],
    ]),
  ).toEqual(['0a', '1b', '2c', '0own']);
});

test('whatever the parents are, each span stands once and under its parent', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -2, max: 30 }), { maxLength: 30 }), parents => {
      const spans = { ...spansOf(parents.map((_, id) => ({ id: String(id) }))), parent: parents };
      const tree = spanTree(spans);
      expect([...tree.order].sort((a, b) => a - b)).toEqual(parents.map((_, i) => i));
      for (const span of tree.order) {
        const above = tree.parent[span]!;
        expect(tree.depth[span]).toBe(above < 0 ? 0 : tree.depth[above]! + 1);
      }
    }),
  );
});

test('a chain of 10,000 spans does not run out of stack', () => {
  const spans = spansOf(
    Array.from({ length: 10_000 }, (_, i) => (i === 0 ? { id: '0' } : { id: String(i), under: String(i - 1) })),
  );
  expect(spanTree(spans).levels).toBe(10_000);
});
