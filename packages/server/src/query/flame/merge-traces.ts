/** A span as far as a flame graph needs it. */
export interface FlameSpan {
  readonly traceId: string;
  readonly id: string;
  /** '' for none. */
  readonly parentId: string;
  readonly service: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly isError: boolean;
}

/** Spans of many traces that have the same path of services and operations. */
export interface FlameFrame {
  readonly service: string;
  readonly name: string;
  count: number;
  errors: number;
  totalUs: number;
  selfUs: number;
  readonly children: Map<string, FlameFrame>;
}

/** Paths that are told apart; what comes after counts for its caller alone. */
const maxFrames = 5000;
/** Deeper calls are left out: a ring of parents would never end. */
const maxDepth = 100;

export interface MergedTraces {
  readonly roots: ReadonlyMap<string, FlameFrame>;
  readonly isCut: boolean;
}

/** Puts traces upon each other: one frame per path of (service, operation). A span whose parent is not there is a root. */
export function mergeTraces(spans: readonly FlameSpan[]): MergedTraces {
  const byId = new Map(spans.map(span => [`${span.traceId} ${span.id}`, span]));
  const children = new Map<string, FlameSpan[]>();
  const roots: FlameSpan[] = [];
  for (const span of spans) {
    const parent = `${span.traceId} ${span.parentId}`;
    if (span.parentId === '' || !byId.has(parent)) roots.push(span);
    else {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [span]);
      else siblings.push(span);
    }
  }
  const merged = new Map<string, FlameFrame>();
  let frames = 0;
  let isCut = false;
  const waiting = roots.map(span => ({ span, into: merged, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { span, into, depth } = next;
    const key = JSON.stringify([span.service, span.name]);
    let frame = into.get(key);
    if (frame === undefined) {
      if (frames >= maxFrames || depth >= maxDepth) {
        isCut = true;
        continue;
      }
      frames += 1;
      frame = {
        service: span.service,
        name: span.name,
        count: 0,
        errors: 0,
        totalUs: 0,
        selfUs: 0,
        children: new Map(),
      };
      into.set(key, frame);
    }
    const called = children.get(`${span.traceId} ${span.id}`) ?? [];
    frame.count += 1;
    frame.errors += span.isError ? 1 : 0;
    frame.totalUs += span.durationUs;
    frame.selfUs += span.durationUs - coveredUs(span, called);
    for (const child of called) waiting.push({ span: child, into: frame.children, depth: depth + 1 });
  }
  return { roots: merged, isCut };
}

/** How much of a span's time at least one of its children was running. */
function coveredUs(span: FlameSpan, called: readonly FlameSpan[]): number {
  const endUs = span.startUs + span.durationUs;
  let covered = 0;
  let untilUs = span.startUs;
  for (const child of called.toSorted((a, b) => a.startUs - b.startUs)) {
    const fromUs = Math.max(child.startUs, untilUs);
    const toUs = Math.min(child.startUs + child.durationUs, endUs);
    if (toUs > fromUs) {
      covered += toUs - fromUs;
      untilUs = toUs;
    }
  }
  return covered;
}
