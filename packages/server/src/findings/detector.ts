import type { Thresholds } from './thresholds.js';
import type { Calls } from './calls.js';
import type { TraceSpans } from './trace-spans.js';

/** What detectors look for. */
export const findingKinds = [
  'n-plus-one-sql',
  'n-plus-one-http',
  'n-plus-one-cache',
  'sequential-awaits',
  'slow-query',
  'unbounded-result',
  'missing-pagination',
  'chatty-service',
  'retry-storm',
  'pool-starvation',
  'blocked-event-loop',
  'oversized-payload',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** One thing that a detector saw in a trace. */
export interface Found {
  /** The request or job that it was seen in. */
  readonly entry: number;
  /** What it is about, the same in every trace: a statement's summary, a host, a route. With kind, service and route it makes the fingerprint. */
  readonly subject: string;
  /** The spans that show it, in their order. */
  readonly spans: readonly number[];
  /** How often in this trace. */
  readonly times: number;
  /** The time that the trace would have been shorter, at a guess. */
  readonly lostUs: number;
  /** What the rewrite and the page need besides: `table`, `keys`, `before`, ... */
  readonly facts: Readonly<Record<string, string>>;
}

/** What a detector is given. */
export interface Evidence {
  readonly trace: TraceSpans;
  /** The trace's calls to databases, caches and others, worked out once for all detectors. */
  readonly calls: Calls;
  readonly thresholds: Thresholds;
}

/** One kind of finding: what it is called, what spans must tell so that it can be seen, and how it is seen. */
export interface Detector {
  readonly kind: FindingKind;
  readonly title: string;
  /** What telemetry has to have, in words for people. */
  readonly needs: string;
  find(evidence: Evidence): readonly Found[];
}
