import type { Column } from '../evaluate/column.js';
import type { WindowPlaces } from '../evaluate/window-places.js';
import type { FloatHistogram } from '../histogram/float-histogram.js';
import type { Expr } from '../parse/ast.js';
import type { Annotations } from '../value/annotations.js';
import type { Labels } from '../value/labels.js';
import type { StepSeries, Steps } from '../value/series.js';

/**
 * The samples of one series within one range, at one step. The object is used again for the next step: keep nothing of it.
 *
 * Floats are `timesMs` and `values` from `from` to before `to`, histograms likewise. Stale markers are gone.
 */
export interface RangeWindow {
  timesMs: Float64Array;
  values: Float64Array;
  from: number;
  to: number;
  histogramTimesMs: Float64Array;
  histograms: readonly FloatHistogram[];
  histogramFrom: number;
  histogramTo: number;
  /** The range is open at its start and closed at its end; offset and `@` are applied. */
  rangeStartMs: number;
  rangeEndMs: number;
  /** The time of the step itself. */
  stepMs: number;
  /** Whether any float of the whole series is lower than the one before it: without, no window needs to look for counter resets. */
  mayReset: boolean;
  /** The metric's name, for annotations. */
  metric: string;
}

/** What a function may say, and where it stands. */
export interface CallContext {
  readonly annotations: Annotations;
  /** Place of the call, and of each argument, in the query's text. */
  readonly start: number;
  readonly argStarts: readonly number[];
  /** Whether `__type__` and `__unit__` are labels of the series (Prometheus' `type-and-unit-labels`). */
  readonly typeAndUnitLabels?: boolean;
  /** Whether to answer as Prometheus 2 did where that differs. */
  readonly prometheus2?: boolean;
}

interface Described {
  readonly name: string;
  /** One or two sentences for docs, completion and hover. */
  readonly doc: string;
}

/** The floats of one series, and where its windows lie. Stale markers are gone. */
export interface FloatWindows {
  readonly values: Float64Array;
  /** See `RangeWindow`. */
  readonly mayReset: boolean;
  readonly places: WindowPlaces;
}

/** Reduces each range of a range vector to one sample: `rate`, `max_over_time`, ... `undefined` = no sample at this step. */
export interface RangeFunction extends Described {
  readonly kind: 'range';
  /** The name stays (`last_over_time`, `first_over_time`). */
  readonly keepsName?: true;
  /** `scalars`: the values of the other arguments at this step, in order. */
  reduce(window: RangeWindow, scalars: readonly number[], context: CallContext): number | FloatHistogram | undefined;
  /** The same as `reduce` at all steps of a series without histograms: writes what there is into an empty column, and says at how many steps. */
  reduceFloats?(floats: FloatWindows, into: Column, context: CallContext): number;
  /** Called once after each series for which at least one step gave a float, with all its labels: for what is to be said of its name. */
  afterSeries?(labels: Labels, context: CallContext): void;
  /** Called once with all results, where the result is of all series together (`absent_over_time`). */
  finish?(series: readonly StepSeries[], steps: Steps, argExprs: readonly Expr[]): readonly StepSeries[];
}

/** Turns each sample of an instant vector into another: `abs`, `round`, `clamp`, ... */
export interface MapFunction extends Described {
  readonly kind: 'map';
  /** `undefined` = no sample at this step. */
  map(value: number, scalars: readonly number[], context: CallContext): number | undefined;
  /** For histograms; without it they are left out. */
  mapHistogram?(
    value: FloatHistogram,
    scalars: readonly number[],
    context: CallContext,
  ): number | FloatHistogram | undefined;
}

/** An argument after evaluation over all steps. */
export type Evaluated =
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'vector'; readonly series: readonly StepSeries[] };

/**
 * Anything else: `histogram_quantile`, `label_replace`, `absent`, `sort`, `scalar`, `time`, ...
 *
 * A series whose metric name is no longer true keeps it and says `dropName: true`. Two series of the same labels are
 * merged by the evaluator, or refused where both have a sample. `steps.stepMs` is 0 in an instant query.
 */
export interface VectorFunction extends Described {
  readonly kind: 'vector';
  evaluate(
    args: readonly Evaluated[],
    call: CallContext & { readonly steps: Steps; readonly argExprs: readonly Expr[] },
  ): Evaluated;
}

export type PromFunction = RangeFunction | MapFunction | VectorFunction;
