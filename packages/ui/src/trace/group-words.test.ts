import { expect, test } from 'vitest';
import { groupNoun, isNPlusOne } from './group-words.js';
import { spanTree } from './span-tree.js';
import { spansOf, type WrittenSpan } from './spans-of.js';
import { type SpanGroup, waterfallRows } from './waterfall.js';

const nothingFolded = { foldedSpans: new Set<number>(), openGroups: new Set<number>() };

function onlyGroup(written: readonly WrittenSpan[]): readonly [ReturnType<typeof spansOf>, SpanGroup] {
  const spans = spansOf(written);
  return [spans, waterfallRows(spans, spanTree(spans), nothingFolded, undefined).groups[0]!];
}

function five(each: (i: number) => Omit<WrittenSpan, 'id'>): WrittenSpan[] {
  return [0, 1, 2, 3, 4].map(i => ({ id: String(i), ...each(i) }));
}

test('queries one after the other are an N+1', () => {
  const group = onlyGroup(
    five(i => ({ from: i * 10, to: i * 10 + 8, group: 'SELECT price FROM rules WHERE sku = ?' })),
  );
  expect([groupNoun(...group), isNPlusOne(...group)]).toEqual(['queries', true]);
});

test('calls sent at once are not', () => {
  const group = onlyGroup(five(i => ({ from: i, to: 100, kind: 3, group: 'GET /stock/:sku' })));
  expect([groupNoun(...group), isNPlusOne(...group)]).toEqual(['calls', false]);
});

test('work inside the process is not either', () => {
  const group = onlyGroup(five(i => ({ from: i * 10, to: i * 10 + 8, group: 'render row' })));
  expect([groupNoun(...group), isNPlusOne(...group)]).toEqual(['spans', false]);
});
