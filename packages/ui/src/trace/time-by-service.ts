import { type SpanColumns, type SpanTree, statusError } from './span-tree.js';

/** A worker's part of a trace. */
export type WorkerTime = {
  readonly worker: number;
  readonly selfUs: number;
  /** Part of all self time, 0 to 1. */
  readonly share: number;
};

/** What one operation did in a trace. */
export type OperationTime = {
  readonly worker: number;
  readonly name: number;
  /** Its first span by start. */
  readonly first: number;
  readonly count: number;
  readonly errorCount: number;
  readonly totalUs: number;
  readonly selfUs: number;
  readonly maxUs: number;
};

/**
 * Microseconds that each span worked itself: its duration less the time in which at least one child ran.
 * Children that ran at once count once; what a child did outside its parent's time counts for the child alone.
 */
export function selfTimes(spans: SpanColumns, tree: SpanTree): Float64Array {
  const selfUs = new Float64Array(tree.count);
  for (let span = 0; span < tree.count; span++) {
    const startUs = spans.startUs[span]!;
    const endUs = startUs + spans.durationUs[span]!;
    let coveredTo = startUs;
    let coveredUs = 0;
    // Siblings come by start, so one pass joins what overlaps.
    for (let child = tree.firstChild[span]!; child >= 0; child = tree.nextSibling[child]!) {
      const from = Math.max(spans.startUs[child]!, coveredTo);
      const to = Math.min(spans.startUs[child]! + spans.durationUs[child]!, endUs);
      if (to <= from) continue;
      coveredUs += to - from;
      coveredTo = to;
    }
    selfUs[span] = endUs - startUs - coveredUs;
  }
  return selfUs;
}

/** Self time by worker (see `workersOf`), most first. */
export function timeByService(workerOf: ArrayLike<number>, selfUs: Float64Array): readonly WorkerTime[] {
  const byWorker = new Map<number, number>();
  let totalUs = 0;
  for (let span = 0; span < selfUs.length; span++) {
    const worker = workerOf[span]!;
    byWorker.set(worker, (byWorker.get(worker) ?? 0) + selfUs[span]!);
    totalUs += selfUs[span]!;
  }
  return [...byWorker]
    .map(([worker, self]) => ({ worker, selfUs: self, share: totalUs === 0 ? 0 : self / totalUs }))
    .sort((a, b) => b.selfUs - a.selfUs || a.worker - b.worker);
}

/** Spans of the same worker and name added up, most self time first. */
export function timeByOperation(
  spans: SpanColumns,
  workerOf: ArrayLike<number>,
  selfUs: Float64Array,
): readonly OperationTime[] {
  const byOperation = new Map<string, OperationTime>();
  for (let span = 0; span < selfUs.length; span++) {
    const worker = workerOf[span]!;
    const name = spans.name[span]!;
    const durationUs = spans.durationUs[span]!;
    const key = `${worker} ${name}`;
    const sum = byOperation.get(key);
    byOperation.set(key, {
      worker,
      name,
      first: sum?.first ?? span,
      count: (sum?.count ?? 0) + 1,
      errorCount: (sum?.errorCount ?? 0) + (spans.status[span] === statusError ? 1 : 0),
      totalUs: (sum?.totalUs ?? 0) + durationUs,
      selfUs: (sum?.selfUs ?? 0) + selfUs[span]!,
      maxUs: Math.max(sum?.maxUs ?? 0, durationUs),
    });
  }
  return [...byOperation.values()].sort((a, b) => b.selfUs - a.selfUs || b.totalUs - a.totalUs);
}
