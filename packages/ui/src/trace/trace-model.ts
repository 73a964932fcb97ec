import type { TraceAnswer } from '@bellwether/model';
import { criticalPath, type CriticalPath } from './critical-path.js';
import { serviceSlots } from './service-colours.js';
import { type SpanColumns, spanTree, type SpanTree, statusError } from './span-tree.js';
import { selfTimes } from './time-by-service.js';

/** All that the views of one trace share, worked out once. */
export type TraceModel = {
  readonly trace: TraceAnswer;
  readonly spans: SpanColumns;
  readonly tree: SpanTree;
  readonly path: CriticalPath;
  readonly selfUs: Float64Array;
  /** Services and called things, by name. */
  readonly workers: readonly string[];
  /** Who did the work of span i: an index into `workers`. */
  readonly workerOf: Int32Array;
  /** Palette slot, 1 to 8, of each worker. */
  readonly slotOf: readonly number[];
  readonly indexOfId: ReadonlyMap<string, number>;
  readonly errorCount: number;
  readonly logCount: number;
};

/** Works out tree, critical path, self times and colours. */
export function traceModel(trace: TraceAnswer): TraceModel {
  const { spans } = trace;
  const tree = spanTree(spans);
  const { workers, workerOf } = workersOf(trace.services, spans, tree);
  const slots = serviceSlots(trace.services, workers.slice(trace.services.length));
  return {
    trace,
    spans,
    tree,
    path: criticalPath(spans, tree, trace.facts.rootIndex),
    selfUs: selfTimes(spans, tree),
    workers,
    workerOf,
    slotOf: workers.map(worker => slots.get(worker) ?? 1),
    indexOfId: new Map(spans.id.map((id, index) => [id, index])),
    errorCount: spans.status.filter(status => status === statusError).length,
    logCount: spans.logCount.reduce((sum, count) => sum + count, 0),
  };
}

/**
 * Who did the work of each span. A call with nothing below it was worked off by what it called: a database,
 * a cache, a service that sends no spans. Everything else was worked off by its own service.
 */
export function workersOf(
  services: readonly string[],
  spans: SpanColumns,
  tree: SpanTree,
): { readonly workers: readonly string[]; readonly workerOf: Int32Array } {
  const workers = [...services];
  const indexOf = new Map(services.map((service, index) => [service, index]));
  const workerOf = new Int32Array(tree.count);
  for (let span = 0; span < tree.count; span++) {
    const peer = spans.peer[span] ?? '';
    if (peer === '' || tree.firstChild[span]! >= 0) {
      workerOf[span] = spans.service[span]!;
      continue;
    }
    let worker = indexOf.get(peer);
    if (worker === undefined) {
      worker = workers.push(peer) - 1;
      indexOf.set(peer, worker);
    }
    workerOf[span] = worker;
  }
  return { workers, workerOf };
}

/**
 * The span to look at first: where an error began (the deepest failed span, the earliest of these), else the one
 * that the critical path stayed in longest.
 */
export function firstToLookAt(model: TraceModel): number {
  const { spans, tree, path } = model;
  let best = model.trace.facts.rootIndex;
  if (model.errorCount > 0) {
    let deepest = -1;
    for (let span = 0; span < tree.count; span++) {
      if (spans.status[span] === statusError && tree.depth[span]! > deepest) {
        deepest = tree.depth[span]!;
        best = span;
      }
    }
    return best;
  }
  for (let span = 0; span < tree.count; span++) if (path.selfUs[span]! > (path.selfUs[best] ?? 0)) best = span;
  return best;
}
