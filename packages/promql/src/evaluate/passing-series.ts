import type { Labels } from '../value/labels.js';
import type { StepSeries } from '../value/series.js';

/**
 * A series that is worked out when it is asked for, and may hold only until the next one is.
 *
 * What looks at each series once needs not hold all of them.
 */
export interface PassingSeries {
  readonly labels: Labels;
  readonly dropName: boolean;
  /** Undefined when it has no sample at any step. */
  compute(): StepSeries | undefined;
}

/** A series that is there already. */
export function passing(series: StepSeries): PassingSeries {
  return { labels: series.labels, dropName: series.dropName, compute: () => series };
}

/** The series that have samples, one after the other. */
export function* computed(all: Iterable<PassingSeries>): Generator<StepSeries> {
  for (const one of all) {
    const series = one.compute();
    if (series !== undefined) yield series;
  }
}
