import { kindConsumer, kindProducer, type SpanColumns, type SpanTree } from './span-tree.js';

/** Which spans decided how long the trace took. All times in microseconds since the trace's start. */
export type CriticalPath = {
  /** 1 where the path goes through the span or through what it waited for. */
  readonly onPath: Uint8Array;
  /** The part of the span, its children included, that the path goes through. */
  readonly fromUs: Float64Array;
  readonly toUs: Float64Array;
  /** Time on the path in which the span worked itself and waited for no child. */
  readonly selfUs: Float64Array;
};

/**
 * The critical path of the tree under `root`: shortening any span off it would not have made the trace shorter.
 *
 * It is walked backwards, from the end of the root. In each span we stand at a moment (first its end) and ask which child
 * finished last before it: the span could not go on until then, so the path goes through that child, and the walk continues
 * at that child's start. What lies between is the span's own time. A child that ends after that moment ran beside the path
 * and is not on it. This is the algorithm of CRISP (Zhang et al., "CRISP: Critical Path Analysis of Large-Scale
 * Microservice Architectures", USENIX ATC 2022, section 3).
 *
 * Two liberties: a child that outlives its parent counts up to the parent's end, as clocks differ between hosts; and what
 * a message has started (a producer's children, consumers) was not waited for and is left out.
 */
export function criticalPath(spans: SpanColumns, tree: SpanTree, root: number): CriticalPath {
  const onPath = new Uint8Array(tree.count);
  const fromUs = new Float64Array(tree.count);
  const toUs = new Float64Array(tree.count);
  const selfUs = new Float64Array(tree.count);
  if (root < 0 || root >= tree.count) return { onPath, fromUs, toUs, selfUs };

  // The span we are in, the moment we stand at, and the children left to ask, those that finished last at the end.
  type Visit = { readonly span: number; momentUs: number; readonly children: number[] };
  const enter = (span: number, endUs: number): Visit => {
    onPath[span] = 1;
    toUs[span] = endUs;
    return { span, momentUs: endUs, children: awaitedChildren(spans, tree, span, endUs) };
  };
  const visits: Visit[] = [enter(root, spans.startUs[root]! + spans.durationUs[root]!)];
  while (visits.length > 0) {
    const visit = visits.at(-1)!;
    const { span } = visit;
    const child = visit.children.pop();
    if (child === undefined) {
      const startUs = Math.min(spans.startUs[span]!, visit.momentUs);
      selfUs[span] = selfUs[span]! + visit.momentUs - startUs;
      fromUs[span] = startUs;
      visits.pop();
      continue;
    }
    const childEndUs = Math.min(spans.startUs[child]! + spans.durationUs[child]!, toUs[span]!);
    const childStartUs = spans.startUs[child]!;
    if (childEndUs > visit.momentUs || childStartUs >= childEndUs) continue;
    selfUs[span] = selfUs[span]! + visit.momentUs - childEndUs;
    visit.momentUs = Math.max(childStartUs, spans.startUs[span]!);
    visits.push(enter(child, childEndUs));
  }
  return { onPath, fromUs, toUs, selfUs };
}

/** The children that the span may have waited for, the one that finished last at the end. */
function awaitedChildren(spans: SpanColumns, tree: SpanTree, span: number, endUs: number): number[] {
  const children: number[] = [];
  if (spans.kind[span] === kindProducer) return children;
  for (let child = tree.firstChild[span]!; child >= 0; child = tree.nextSibling[child]!) {
    if (spans.kind[child] !== kindConsumer && spans.startUs[child]! < endUs) children.push(child);
  }
  const finish = (child: number): number => Math.min(spans.startUs[child]! + spans.durationUs[child]!, endUs);
  return children.sort((a, b) => finish(a) - finish(b) || spans.startUs[b]! - spans.startUs[a]!);
}
