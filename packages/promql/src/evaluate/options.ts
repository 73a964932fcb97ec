/** How a query is evaluated. Everything has the value that Prometheus 3 has. */
export interface EvaluateOptions {
  /** How long a sample is believed when none follows. 5 minutes unless told. */
  readonly lookbackMs?: number;
  /**
   * Answers as Prometheus 2 gave them: ranges and the lookback include a sample at their very start, counters are extrapolated to their
   * zero however far it is, new labels have names of letters, digits and underscores, and `atan2` keeps the metric's name.
   */
  readonly prometheus2?: boolean;
  /** Metric names are removed at the end of the query instead of by each operation (`promql-delayed-name-removal`). */
  readonly delayedNameRemoval?: boolean;
  /** `rate` and `increase` look at `__type__` instead of the name's ending (`type-and-unit-labels`). */
  readonly typeAndUnitLabels?: boolean;
  /** The step of a subquery that names none. A minute unless told, as Prometheus' default `evaluation_interval`. */
  readonly subqueryStepMs?: number;
  /** How many samples a query may hold at once. 50 million unless told. */
  readonly maxSamples?: number;
  /** How many series all its selectors may bring. Without: as many as the source gives. */
  readonly maxSeries?: number;
  /** How many series the answer may have. */
  readonly maxResultSeries?: number;
  /** When to give up, as `Date.now()` counts. */
  readonly deadlineMs?: number;
  /** Asked now and then; a query whose caller has gone ends. */
  readonly cancelled?: () => boolean;
}

/** Options with what was not told filled in. */
export interface Evaluation {
  readonly lookbackMs: number;
  readonly prometheus2: boolean;
  /** Ranges and the lookback leave out a sample at their very start. */
  readonly leftOpen: boolean;
  readonly delayedNameRemoval: boolean;
  readonly typeAndUnitLabels: boolean;
  readonly subqueryStepMs: number;
  readonly maxSamples: number;
  readonly maxSeries: number;
  readonly maxResultSeries: number;
  readonly deadlineMs: number;
  readonly cancelled: () => boolean;
}

export function evaluationOf(options: EvaluateOptions): Evaluation {
  return {
    lookbackMs: options.lookbackMs ?? 300_000,
    prometheus2: options.prometheus2 ?? false,
    leftOpen: options.prometheus2 !== true,
    delayedNameRemoval: options.delayedNameRemoval ?? false,
    typeAndUnitLabels: options.typeAndUnitLabels ?? false,
    subqueryStepMs: options.subqueryStepMs ?? 60_000,
    maxSamples: options.maxSamples ?? 50_000_000,
    maxSeries: options.maxSeries ?? Infinity,
    maxResultSeries: options.maxResultSeries ?? Infinity,
    deadlineMs: options.deadlineMs ?? Infinity,
    cancelled: options.cancelled ?? (() => false),
  };
}
