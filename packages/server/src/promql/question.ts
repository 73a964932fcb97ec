import type { PromqlFeature } from '../base/promql-features.js';

/** Times of a question in milliseconds since 1970, fractions allowed; the ones that select series are whole. */
interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a caller may say about any expression. */
export interface Evaluated {
  readonly query: string;
  readonly lookbackMs: number | undefined;
  /** Series of the answer; more are left out with a warning. 0: all. */
  readonly limit: number;
  readonly withStats: boolean;
}

/** What the Prometheus API can be asked of a workspace. It crosses to the thread that answers it as it is. */
export type Question =
  | (Evaluated & { readonly kind: 'instant'; readonly timeMs: number })
  | (Evaluated & Range & { readonly kind: 'range'; readonly stepMs: number })
  /** As `instant` and `range`, answered with what was fetched in place of the result. */
  | (Evaluated & Range & { readonly kind: 'explain'; readonly stepMs: number })
  | (Range & { readonly kind: 'exemplars'; readonly query: string })
  | (Range & { readonly kind: 'series'; readonly match: readonly string[]; readonly limit: number })
  | (Range & { readonly kind: 'labels'; readonly match: readonly string[]; readonly limit: number })
  | (Range & {
      readonly kind: 'labelValues';
      readonly label: string;
      readonly match: readonly string[];
      readonly limit: number;
    })
  | { readonly kind: 'metadata'; readonly metric: string; readonly limit: number; readonly limitPerMetric: number }
  | { readonly kind: 'cardinality'; readonly limit: number }
  | { readonly kind: 'metrics'; readonly search: string; readonly limit: number }
  | { readonly kind: 'format'; readonly query: string }
  | { readonly kind: 'parse'; readonly query: string };

/** What an answer may cost. */
export interface QuestionLimits {
  /** When to give up, as `Date.now()` counts. */
  readonly deadlineMs: number;
  readonly maxSamples: number;
  readonly maxSeries: number;
  readonly features: readonly PromqlFeature[];
}

/** A whole HTTP answer's body. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
}
