import { expect, test } from 'vitest';
import { spanTree } from './span-tree.js';
import { spansOf, type WrittenSpan } from './spans-of.js';
import { errorsAndAncestors, type Folding, revealing, rowOfSpan, waterfallRows } from './waterfall.js';

const unfolded: Folding = { foldedSpans: new Set(), openGroups: new Set() };

function rowsOf(written: readonly WrittenSpan[], folding = unfolded, onlyErrors = false): string[] {
  const spans = spansOf(written);
  const tree = spanTree(spans);
  const rows = waterfallRows(spans, tree, folding, onlyErrors ? errorsAndAncestors(spans, tree) : undefined);
  return Array.from({ length: rows.count }, (_, row) => {
    const group = rows.groups[rows.group[row]!];
    return `${rows.depth[row]}${spans.id[rows.span[row]!]}${group === undefined ? '' : `×${group.members.length}`}`;
  });
}

const nPlusOne: readonly WrittenSpan[] = [
  { id: 'root', from: 0, to: 100 },
  { id: 'load', under: 'root', from: 1, to: 5, group: 'SELECT cart' },
  ...[10, 20, 30, 40, 50].map(from => ({
    id: `q${from}`,
    under: 'root',
    from,
    to: from + 8,
    group: 'SELECT price_rules',
  })),
  { id: 'save', under: 'root', from: 90, to: 95, group: 'INSERT' },
];

test('five siblings that do the same work become one row where the first of them stood', () => {
  expect(rowsOf(nPlusOne)).toEqual(['0root', '1load', '1q10×5', '1save']);
});

test('four stay four', () => {
  expect(rowsOf(nPlusOne.filter(span => span.id !== 'q50'))).toHaveLength(7);
});

test('an open group shows its members one level down', () => {
  const open: Folding = { foldedSpans: new Set(), openGroups: new Set([2]) };
  expect(rowsOf(nPlusOne, open)).toEqual(['0root', '1load', '1q10×5', '2q10', '2q20', '2q30', '2q40', '2q50', '1save']);
});

test('the same statement in two services is not one group', () => {
  expect(rowsOf(nPlusOne.map(span => (span.id === 'q50' ? { ...span, service: 1 } : span)))).toHaveLength(8);
});

test('siblings without a group text never fold', () => {
  expect(rowsOf(nPlusOne.map(span => ({ ...span, group: '' })))).toHaveLength(8);
});

test('a group knows when it began and ended, how long it worked and what failed', () => {
  const spans = spansOf(nPlusOne.map(span => (span.id === 'q30' ? { ...span, failed: true } : span)));
  const rows = waterfallRows(spans, spanTree(spans), unfolded, undefined);
  expect(rows.groups[0]).toEqual({
    first: 2,
    members: Int32Array.from([2, 3, 4, 5, 6]),
    startUs: 10,
    endUs: 58,
    totalUs: 40,
    errorCount: 1,
  });
});

test('a folded span hides all below it', () => {
  const written: readonly WrittenSpan[] = [
    { id: 'a' },
    { id: 'b', under: 'a' },
    { id: 'c', under: 'b' },
    { id: 'd', under: 'a' },
  ];
  expect(rowsOf(written, { foldedSpans: new Set([1]), openGroups: new Set() })).toEqual(['0a', '1b', '1d']);
});

test('errors only keeps the failed spans and what stands above them', () => {
  const written: readonly WrittenSpan[] = [
    { id: 'a' },
    { id: 'b', under: 'a' },
    { id: 'c', under: 'b', failed: true },
    { id: 'd', under: 'a' },
  ];
  expect(rowsOf(written, unfolded, true)).toEqual(['0a', '1b', '2c']);
});

test('what is selected can be shown: everything above it unfolds, its group opens', () => {
  const spans = spansOf(nPlusOne);
  const shut: Folding = { foldedSpans: new Set([0]), openGroups: new Set() };
  const open = revealing(spans, spanTree(spans), shut, 4);
  expect([...open.foldedSpans]).toEqual([]);
  expect([...open.openGroups]).toEqual([2]);
});

test('a span is found in its own row, else in the row of its group', () => {
  const spans = spansOf(nPlusOne);
  const tree = spanTree(spans);
  const shut = waterfallRows(spans, tree, unfolded, undefined);
  const open = waterfallRows(spans, tree, { foldedSpans: new Set(), openGroups: new Set([2]) }, undefined);
  expect([rowOfSpan(shut, 4, false), rowOfSpan(open, 4, false), rowOfSpan(open, 2, true)]).toEqual([2, 5, 2]);
  expect([rowOfSpan(shut, 7, false), rowOfSpan(shut, 99, false)]).toEqual([3, -1]);
});
