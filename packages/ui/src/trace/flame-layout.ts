import type { SpanColumns, SpanTree } from './span-tree.js';

/** Where each span stands in the flame graph: time goes right, called work goes down. */
export type FlameLayout = {
  /** Row of span i, 0 on top. */
  readonly rowOf: Int32Array;
  readonly rowCount: number;
  /** The spans of row r, by start and without overlap, are `spans[rowStart[r]]` up to `spans[rowStart[r + 1]]`. */
  readonly spans: Int32Array;
  readonly rowStart: Int32Array;
};

/**
 * Gives each span the first row below its parent that is free at its start.
 * Work done at once thus stands in several rows and no frame hides another.
 */
export function flameLayout(spans: SpanColumns, tree: SpanTree): FlameLayout {
  const rowOf = new Int32Array(tree.count);
  const busyUntilUs: number[] = [];
  const sizes: number[] = [];
  const placed = [...parentsFirstByStart(tree)];
  for (const span of placed) {
    const startUs = spans.startUs[span]!;
    const above = tree.parent[span]!;
    let row = above < 0 ? 0 : rowOf[above]! + 1;
    while ((busyUntilUs[row] ?? -Infinity) > startUs) row++;
    // Rows between the parent's and this one exist: each was busy.
    busyUntilUs[row] = startUs + spans.durationUs[span]!;
    sizes[row] = (sizes[row] ?? 0) + 1;
    rowOf[span] = row;
  }
  const rowCount = sizes.length;
  const rowStart = new Int32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) rowStart[row + 1] = rowStart[row]! + (sizes[row] ?? 0);
  const next = rowStart.slice(0, rowCount);
  const sorted = new Int32Array(tree.count);
  // In the order in which they took their place: where two begin at once, the one without length stands first.
  for (const span of placed) {
    const row = rowOf[span]!;
    sorted[next[row]!] = span;
    next[row] = next[row]! + 1;
  }
  return { rowOf, rowCount, spans: sorted, rowStart };
}

/** The span drawn in `row` at `us`, or undefined. Looks through the row by halving it. */
export function spanAt(layout: FlameLayout, spans: SpanColumns, row: number, us: number): number | undefined {
  const index = lastStartedBy(layout, spans, row, us);
  if (index === undefined) return undefined;
  const span = layout.spans[index]!;
  return us <= spans.startUs[span]! + spans.durationUs[span]! ? span : undefined;
}

/** Index into `layout.spans` of the last span in `row` that starts at or before `us`. */
export function lastStartedBy(layout: FlameLayout, spans: SpanColumns, row: number, us: number): number | undefined {
  const begin = layout.rowStart[row];
  const end = layout.rowStart[row + 1];
  if (begin === undefined || end === undefined) return undefined;
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans.startUs[layout.spans[middle]!]! <= us) low = middle + 1;
    else high = middle;
  }
  return low === begin ? undefined : low - 1;
}

/** Spans by start, except that a child whose clock is early waits for its parent. */
function* parentsFirstByStart(tree: SpanTree): Generator<number> {
  const placed = new Uint8Array(tree.count);
  for (let span = 0; span < tree.count; span++) {
    if (placed[span] === 1) continue;
    const chain: number[] = [];
    for (let at = span; at >= 0 && placed[at] === 0; at = tree.parent[at]!) {
      placed[at] = 1;
      chain.push(at);
    }
    while (chain.length > 0) yield chain.pop()!;
  }
}
