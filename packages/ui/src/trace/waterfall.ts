import { type SpanColumns, type SpanTree, statusError } from './span-tree.js';

/** This many siblings of one group fold into one row. */
export const groupSize = 5;

/** Siblings that do the same work, as the 24 queries of an N+1. */
export type SpanGroup = {
  /** Its first span names it: it stays the same while spans arrive later. */
  readonly first: number;
  /** By start. */
  readonly members: Int32Array;
  readonly startUs: number;
  readonly endUs: number;
  /** Sum of the members' durations. */
  readonly totalUs: number;
  readonly errorCount: number;
};

/** What the reader has folded and opened. Spans and groups are open and folded by default. */
export type Folding = {
  readonly foldedSpans: ReadonlySet<number>;
  readonly openGroups: ReadonlySet<number>;
};

/** The rows to draw, top to bottom. Row i is a span (`group[i]` is -1) or a group (an index into `groups`). */
export type WaterfallRows = {
  readonly count: number;
  /** The span of the row; at a group its first member. */
  readonly span: Int32Array;
  readonly group: Int32Array;
  readonly depth: Int32Array;
  readonly groups: readonly SpanGroup[];
};

/**
 * Works out the rows: children under their parents, folded parts left out, alike siblings as one group.
 * `keep`, when given, holds 1 for each span to draw (see `errorsAndAncestors`).
 */
export function waterfallRows(
  spans: SpanColumns,
  tree: SpanTree,
  folding: Folding,
  keep: Uint8Array | undefined,
): WaterfallRows {
  // A group adds a row of its own, and has at least five members.
  const capacity = tree.count + Math.ceil(tree.count / groupSize);
  const span = new Int32Array(capacity);
  const group = new Int32Array(capacity).fill(-1);
  const depth = new Int32Array(capacity);
  const groups: SpanGroup[] = [];
  let count = 0;

  // What is still to be drawn, last first. A group waits as -(index + 1).
  const waitingFor: number[] = [];
  const waitingDepth: number[] = [];
  const queueSiblings = (siblings: readonly number[], atDepth: number): void => {
    for (let i = siblings.length - 1; i >= 0; i--) {
      waitingFor.push(siblings[i]!);
      waitingDepth.push(atDepth);
    }
  };
  const grouped = (siblings: readonly number[]): readonly number[] => foldAlike(spans, siblings, groups);

  queueSiblings(grouped(kept(tree.roots, keep)), 0);
  while (waitingFor.length > 0) {
    const next = waitingFor.pop()!;
    const atDepth = waitingDepth.pop()!;
    depth[count] = atDepth;
    if (next < 0) {
      const index = -next - 1;
      const folded = groups[index]!;
      span[count] = folded.first;
      group[count] = index;
      count++;
      if (folding.openGroups.has(folded.first)) queueSiblings([...folded.members], atDepth + 1);
      continue;
    }
    span[count] = next;
    count++;
    if (tree.firstChild[next]! < 0 || folding.foldedSpans.has(next)) continue;
    queueSiblings(grouped(kept(childrenOf(tree, next), keep)), atDepth + 1);
  }
  return {
    count,
    span: span.subarray(0, count),
    group: group.subarray(0, count),
    depth: depth.subarray(0, count),
    groups,
  };
}

/** Marks each failed span and everything above it with 1. */
export function errorsAndAncestors(spans: SpanColumns, tree: SpanTree): Uint8Array {
  const keep = new Uint8Array(tree.count);
  for (let span = 0; span < tree.count; span++) {
    if (spans.status[span] !== statusError) continue;
    for (let above = span; above >= 0 && keep[above] === 0; above = tree.parent[above]!) keep[above] = 1;
  }
  return keep;
}

/** The folding under which `span` has a row: all above it open, its group too. */
export function revealing(spans: SpanColumns, tree: SpanTree, folding: Folding, span: number): Folding {
  const foldedSpans = new Set(folding.foldedSpans);
  const openGroups = new Set(folding.openGroups);
  for (let at = span; at >= 0; at = tree.parent[at]!) {
    if (at !== span) foldedSpans.delete(at);
    const first = groupOf(spans, tree, at);
    if (first !== undefined) openGroups.add(first);
  }
  return { foldedSpans, openGroups };
}

/**
 * The row of a span; of the group it folds into when it has no row of its own, or when `asGroup`; -1 when it is not drawn.
 */
export function rowOfSpan(rows: WaterfallRows, span: number, asGroup: boolean): number {
  let groupRow = -1;
  for (let row = 0; row < rows.count; row++) {
    const group = rows.groups[rows.group[row]!];
    if (group !== undefined) {
      if (group.members.includes(span)) groupRow = row;
    } else if (rows.span[row] === span && !(asGroup && groupRow >= 0)) return row;
  }
  return groupRow;
}

/** The first span of the group that `span` folds into; undefined when it stands alone. */
function groupOf(spans: SpanColumns, tree: SpanTree, span: number): number | undefined {
  const above = tree.parent[span]!;
  const siblings = above < 0 ? [...tree.roots] : childrenOf(tree, above);
  const alike = siblings.filter(sibling => likeness(spans, sibling) === likeness(spans, span));
  return alike.length >= groupSize && likeness(spans, span) !== '' ? alike[0] : undefined;
}

function childrenOf(tree: SpanTree, span: number): number[] {
  const children: number[] = [];
  for (let child = tree.firstChild[span]!; child >= 0; child = tree.nextSibling[child]!) children.push(child);
  return children;
}

function kept(spans: Iterable<number>, keep: Uint8Array | undefined): number[] {
  return keep === undefined ? [...spans] : [...spans].filter(span => keep[span] === 1);
}

function likeness(spans: SpanColumns, span: number): string {
  const group = spans.group[span] ?? '';
  return group === '' ? '' : `${spans.service[span]}\n${group}`;
}

/** Replaces siblings that are alike by their group, where the first of them stood. */
function foldAlike(spans: SpanColumns, siblings: readonly number[], groups: SpanGroup[]): readonly number[] {
  if (siblings.length < groupSize) return siblings;
  const alike = new Map<string, number[]>();
  for (const span of siblings) {
    const key = likeness(spans, span);
    const members = alike.get(key);
    if (members === undefined) alike.set(key, [span]);
    else members.push(span);
  }
  const folded: number[] = [];
  for (const span of siblings) {
    const key = likeness(spans, span);
    const members = alike.get(key)!;
    if (key === '' || members.length < groupSize) folded.push(span);
    else if (members[0] === span) {
      groups.push(groupFrom(spans, members));
      folded.push(-groups.length);
    }
  }
  return folded;
}

function groupFrom(spans: SpanColumns, members: readonly number[]): SpanGroup {
  let startUs = Infinity;
  let endUs = 0;
  let totalUs = 0;
  let errorCount = 0;
  for (const span of members) {
    const start = spans.startUs[span]!;
    const duration = spans.durationUs[span]!;
    startUs = Math.min(startUs, start);
    endUs = Math.max(endUs, start + duration);
    totalUs += duration;
    if (spans.status[span] === statusError) errorCount++;
  }
  return { first: members[0]!, members: Int32Array.from(members), startUs, endUs, totalUs, errorCount };
}
