import type { TraceAnswer } from '@bellwether/model';

/** The spans of a trace as the API sends them: entry i of every array is span i, ordered by start. */
export type SpanColumns = TraceAnswer['spans'];

/** OTLP's span status 2. */
export const statusError = 2;

/** OTLP's span kind 4 and 5: what they start is not waited for. */
export const kindProducer = 4;
export const kindConsumer = 5;

/**
 * Who stands under whom, as linked lists in typed arrays: 10,000 spans cost a few hundred kilobytes and no objects.
 * -1 ends a list.
 */
export type SpanTree = {
  readonly count: number;
  /** Roots, orphans and one span of every ring of parents, by start. */
  readonly roots: Int32Array;
  /** -1 at a root. */
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly childCount: Int32Array;
  /** 0 at a root. */
  readonly depth: Int32Array;
  /** Every span once, parents before their children, siblings by start. */
  readonly order: Int32Array;
  /** 1 where the parent is named but is not in the trace. */
  readonly orphan: Uint8Array;
  /** Levels from root to the deepest span. */
  readonly levels: number;
};

/** Links spans to their children. Parents that are not here, or that stand in a ring, leave a root behind: no span is lost. */
export function spanTree(spans: SpanColumns): SpanTree {
  const count = spans.id.length;
  const parent = parents(spans, count);
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  const childCount = new Int32Array(count);
  const orphan = new Uint8Array(count);
  const roots: number[] = [];
  // Backwards, so that each list ends up in the order of the columns: by start.
  for (let span = count - 1; span >= 0; span--) {
    if (spans.parent[span] === -2) orphan[span] = 1;
    const above = parent[span]!;
    if (above < 0) {
      roots.push(span);
      continue;
    }
    nextSibling[span] = firstChild[above]!;
    firstChild[above] = span;
    childCount[above] = childCount[above]! + 1;
  }
  roots.reverse();

  const depth = new Int32Array(count);
  const order = new Int32Array(count);
  let written = 0;
  let levels = 0;
  for (const root of roots) {
    let span = root;
    while (span >= 0) {
      order[written++] = span;
      if (depth[span]! + 1 > levels) levels = depth[span]! + 1;
      const child = firstChild[span]!;
      if (child >= 0) {
        depth[child] = depth[span]! + 1;
        span = child;
        continue;
      }
      while (span >= 0 && span !== root && nextSibling[span]! < 0) span = parent[span]!;
      if (span < 0 || span === root) break;
      const next = nextSibling[span]!;
      depth[next] = depth[span]!;
      span = next;
    }
  }
  return {
    count,
    roots: Int32Array.from(roots),
    parent,
    firstChild,
    nextSibling,
    childCount,
    depth,
    order,
    orphan,
    levels,
  };
}

/** The parents to use: rings (a span above itself) are cut at the span where they are met first. */
function parents(spans: SpanColumns, count: number): Int32Array {
  const parent = new Int32Array(count);
  for (let span = 0; span < count; span++) {
    const above = spans.parent[span] ?? -1;
    parent[span] = above >= 0 && above < count ? above : -1;
  }
  // 0 unseen, otherwise the walk that has seen it; a walk that meets itself has found a ring.
  const seenBy = new Int32Array(count);
  for (let start = 0; start < count; start++) {
    const walk = start + 1;
    let span = start;
    while (span >= 0 && seenBy[span] === 0) {
      seenBy[span] = walk;
      span = parent[span]!;
    }
    if (span >= 0 && seenBy[span] === walk) parent[span] = -1;
  }
  return parent;
}
