/** One line of a family: what stands behind its name, its labels, and its value. */
export interface Sample {
  /** `_bucket`, `_sum`, `_count`, `_total` or nothing. */
  readonly suffix: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/** The trace of one of the observations in a bucket. */
export interface Exemplar {
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
  readonly unixSeconds: number | undefined;
}

/** Metrics of one name, as both text formats have them. */
export interface Family {
  /** Without `_total`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';
  readonly help: string;
  readonly samples: readonly Sample[];
}
