import type { Batch } from '../batch.js';
import type { LabelSets } from './label-sets.js';
import type { NativeHistogram } from './native-histogram.js';

/**
 * Samples as Prometheus has them: a label set, a time in ms and a value. `samples` has `sampleWidth` integers each:
 *
 *     label set | time, low half | time, high half | value's bits, low half | value's bits, high half
 *
 * Bits and not numbers, since the mark for a series that ended is a NaN of its own, and arithmetic may turn it into another.
 */
export const sampleWidth = 5;

export interface SeriesBatch extends Batch {
  readonly signal: 'metrics';
  /** What the label sets' numbers mean. Numbers of other batches with the same `labelSets` mean the same. */
  readonly labelSets: LabelSets;
  readonly samples: Int32Array;
  readonly histograms: readonly SeriesHistogram[];
  readonly exemplars: readonly SeriesExemplar[];
  /** What 2.0 says of each series: `descriptionWidth` integers each. */
  readonly descriptions: Int32Array;
  /** What 1.0 says of metric families. */
  readonly families: readonly MetricFamily[];
  /** Series and items that are not stored, one sentence each, the first few. */
  readonly faults: readonly string[];
}

/** Label set, code of the type (`metricTypes`), number of the unit and of the help text in the label sets' words. */
export const descriptionWidth = 4;

/** By the code both versions use. */
export const metricTypes = [
  '',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const;

export interface SeriesHistogram {
  readonly set: number;
  readonly histogram: NativeHistogram;
}

export interface SeriesExemplar {
  readonly set: number;
  readonly value: number;
  /** Undefined when the sender gave none. */
  readonly timeMs: number | undefined;
  readonly labels: readonly Label[];
}

export interface Label {
  readonly name: string;
  readonly value: string;
}

export interface MetricFamily {
  readonly name: string;
  readonly type: (typeof metricTypes)[number];
  readonly unit: string;
  readonly help: string;
}

/** What 2.0 wants to hear: how much of each kind is kept. */
export function written({ samples, histograms, exemplars }: SeriesBatch): {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
} {
  return { samples: samples.length / sampleWidth, histograms: histograms.length, exemplars: exemplars.length };
}
