import type { FloatHistogram } from '../histogram/float-histogram.js';
import type { Labels } from './labels.js';

/** The times of an evaluation: `count` of them from `startMs`, `stepMs` apart. An instant query has one, and `stepMs` 0. */
export interface Steps {
  readonly startMs: number;
  readonly stepMs: number;
  readonly count: number;
  /** The end that was asked for, which `@ end()` means; the last time may lie before it. Without it, that is the end. */
  readonly endMs?: number;
}

/**
 * Samples of one series as the source has them: ascending in time, no two of one time.
 *
 * Floats and histograms stand apart. Stale markers are still among `values` as the NaN with their bits (see `stale.ts`);
 * a stale marker that ends histograms stands there as well.
 */
export interface RawSeries {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly histogramTimesMs: Float64Array;
  readonly histograms: readonly FloatHistogram[];
  /** Whether the source knows that no value is a stale marker, another NaN or lower than the one before it. */
  readonly rises?: boolean;
}

/** What a step of a series holds. */
export const absent = 0;
export const float = 1;
export const histogram = 2;

/** One series of an instant vector over all steps of the evaluation. */
export interface StepSeries {
  readonly labels: Labels;
  /** Per step: `absent`, `float` or `histogram`. */
  readonly kinds: Uint8Array;
  /** Per step, where its kind is `float`. */
  readonly values: Float64Array;
  /** Per step, where its kind is `histogram`; undefined when the series has none at all. */
  readonly histograms: (FloatHistogram | undefined)[] | undefined;
  /**
   * The metric's name (and `__type__`, `__unit__`) is no longer true and is to be removed.
   *
   * A function says so and leaves the labels as they are; the evaluator removes them, at once or at the end of the query
   * (Prometheus' delayed name removal).
   */
  readonly dropName: boolean;
}
