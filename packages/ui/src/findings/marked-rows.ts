import type { TraceAnswer } from '@bellwether/model';

/** A row of the small waterfall: one span, or many marked ones that were left out. */
export type MarkedRow =
  | {
      readonly kind: 'span';
      readonly id: string;
      readonly name: string;
      readonly service: string;
      readonly isMarked: boolean;
      readonly depth: number;
      /** Of the request's time, from 0 to 1. */
      readonly from: number;
      readonly to: number;
      readonly durationUs: number;
    }
  | { readonly kind: 'rest'; readonly count: number; readonly from: number; readonly to: number };

const headOfGroup = 8;
const maxOthers = 12;
const maxDepth = 64;

/** The request at `entryId` with what shows the finding, and what lies above and beside it; a long group is cut to its first spans and the last. */
export function markedRows(trace: TraceAnswer, entryId: string, spanIds: readonly string[]): readonly MarkedRow[] {
  const { spans, names, services } = trace;
  const marked = new Set(spanIds);
  const entry = Math.max(spans.id.indexOf(entryId), 0);
  const fromUs = spans.startUs[entry] ?? 0;
  const lengthUs = Math.max(spans.durationUs[entry] ?? 0, 1);
  const share = (us: number): number => Math.min(Math.max((us - fromUs) / lengthUs, 0), 1);
  const depthOf = (span: number): number | undefined => {
    let depth = 0;
    for (let at = span; at !== entry; at = spans.parent[at] ?? -1) {
      if (at < 0 || depth >= maxDepth) return undefined;
      depth++;
    }
    return depth;
  };
  const rows: MarkedRow[] = [];
  const rest: number[] = [];
  let markedSeen = 0;
  let others = 0;
  const last = spans.id.findLastIndex(id => marked.has(id));
  for (let span = 0; span < spans.id.length; span++) {
    const depth = depthOf(span);
    const id = spans.id[span] ?? '';
    const isMarked = marked.has(id);
    if (depth === undefined) continue;
    if (isMarked && markedSeen++ >= headOfGroup && span !== last) {
      rest.push(span);
      continue;
    }
    if (!isMarked && span !== entry && others++ >= maxOthers) continue;
    if (isMarked && rest.length > 0) {
      const [first = span] = rest;
      rows.push({
        kind: 'rest',
        count: rest.length,
        from: share(spans.startUs[first] ?? 0),
        to: share(Math.max(...rest.map(one => (spans.startUs[one] ?? 0) + (spans.durationUs[one] ?? 0)))),
      });
    }
    const startUs = spans.startUs[span] ?? 0;
    const durationUs = spans.durationUs[span] ?? 0;
    rows.push({
      kind: 'span',
      id,
      name: names[spans.name[span] ?? -1] ?? '',
      service: services[spans.service[span] ?? -1] ?? '',
      isMarked,
      depth,
      from: share(startUs),
      to: share(startUs + durationUs),
      durationUs,
    });
  }
  return rows;
}
