import { durationUs, type TraceSpans } from './trace-spans.js';

/** Pauses of which most are as long make a poll, not a loop. */
const pollPauseUs = 80_000;

/** The pauses between calls that come one after the other, in microseconds; none where they overlap. */
export function pausesUs(trace: TraceSpans, spans: readonly number[]): readonly number[] {
  const pauses: number[] = [];
  let untilUs = -Infinity;
  for (const span of spans) {
    const startUs = trace.startUs[span] ?? 0;
    if (untilUs > -Infinity) pauses.push(Math.max(startUs - untilUs, 0));
    untilUs = Math.max(untilUs, trace.endUs[span] ?? 0);
  }
  return pauses;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Does it look every now and then whether something is there yet? Most pauses are long, and in them the request does nothing else. */
export function isPoll(trace: TraceSpans, spans: readonly number[]): boolean {
  const pauses = pausesUs(trace, spans);
  if (pauses.length === 0 || median(pauses) < pollPauseUs) return false;
  const [first = 0] = spans;
  const last = spans.at(-1) ?? first;
  const entry = trace.entry[first];
  const [fromUs, toUs] = [trace.startUs[first] ?? 0, trace.endUs[last] ?? 0];
  const own = new Set(spans);
  let othersUs = 0;
  for (let span = 0; span < trace.count; span++) {
    if (own.has(span) || trace.entry[span] !== entry || trace.kind[span] !== 3) continue;
    const [startUs, endUs] = [trace.startUs[span] ?? 0, trace.endUs[span] ?? 0];
    if (startUs >= fromUs && endUs <= toUs) othersUs += durationUs(trace, span);
  }
  return othersUs < pauses.reduce((sum, pause) => sum + pause, 0) / 4;
}

/** The last call of `all` that had ended when the first of `spans` began: what a loop may go over. */
export function callBefore<Call extends { readonly span: number; readonly entry: number }>(
  trace: TraceSpans,
  all: readonly Call[],
  first: Call,
  isIt: (call: Call) => boolean,
): Call | undefined {
  const startUs = trace.startUs[first.span] ?? 0;
  return all.findLast(call => call.entry === first.entry && (trace.endUs[call.span] ?? 0) <= startUs && isIt(call));
}
