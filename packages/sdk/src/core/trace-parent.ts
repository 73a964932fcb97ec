import { hexWord, wordHex } from './random-ids.js';
import { beginTrace, type Scope, type Shared } from './scope.js';
import type { SpanDetail } from './span-detail.js';
import type { Requested } from './trace-sampling.js';

/** https://www.w3.org/TR/trace-context/: version 00 is exactly 55 characters; a later version may append after a dash. */
const form = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;

/** Whether a `traceparent` header can be used. A broken one starts a new trace, as the specification says. */
export function isTraceParent(header: string): boolean {
  return form.test(header) && (header.length === 55 || !header.startsWith('00'));
}

/** The scope of a new span whose parent came in a valid `traceparent`. */
export function continueTrace(
  header: string,
  traceState: string,
  shared: Shared,
  detail: SpanDetail | undefined,
  requested?: Requested,
): Scope {
  const sampled = (Number.parseInt(header.slice(53, 55), 16) & 1) === 1;
  const [t0, t1, t2, t3] = [hexWord(header, 3), hexWord(header, 11), hexWord(header, 19), hexWord(header, 27)];
  return beginTrace(t0, t1, t2, t3, sampled, shared, detail, traceState, requested);
}

/** The header that names the span `(s0, s1)` in the trace of `scope` as the parent of what comes. */
export function traceParent(scope: Scope, s0: number, s1: number): string {
  return `00-${scope.traceId}-${wordHex(s0)}${wordHex(s1)}-${scope.isHandedOnSampled ? '01' : '00'}`;
}
