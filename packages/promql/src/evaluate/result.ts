import type { FloatHistogram } from '../histogram/float-histogram.js';
import type { Annotation } from '../value/annotations.js';
import type { Labels } from '../value/labels.js';
import type { RawSeries } from '../value/series.js';

/** One series of an instant query's vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number | FloatHistogram;
}

/** What a query comes to, as Prometheus' `resultType` names it. A range query always has a matrix. */
export type QueryValue =
  | { readonly type: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly type: 'string'; readonly timeMs: number; readonly value: string }
  | { readonly type: 'vector'; readonly timeMs: number; readonly samples: readonly Sample[] }
  | { readonly type: 'matrix'; readonly series: readonly RawSeries[] };

export interface QueryStats {
  /** Series and samples that the selectors brought. */
  readonly series: number;
  readonly samples: number;
  /** The most samples that were held at once, those of the selectors left out. */
  readonly peakSamples: number;
}

export interface QueryResult {
  /** Series of a matrix share `timesMs` where they have a sample at every step: it is not to be written to. */
  readonly value: QueryValue;
  readonly annotations: readonly Annotation[];
  readonly stats: QueryStats;
}
