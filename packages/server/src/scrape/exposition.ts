/** What a page of metrics says, item by item, in whichever format it is written. */
export type Item = FamilyItem | SampleItem | CreatedItem | NativeItem;

/** Sorted by name; none has an empty value. The metric's name is the label `__name__`. */
export type Labels = readonly Label[];

export interface Label {
  readonly name: string;
  readonly value: string;
}

export const metricName = '__name__';

export type MetricType =
  | 'unknown'
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset';

/** Something about a family; what is undefined is not said here. */
export interface FamilyItem {
  readonly kind: 'family';
  readonly name: string;
  readonly type?: MetricType;
  readonly help?: string;
  readonly unit?: string;
}

interface SeriesItem {
  /** How the page writes the series: the same text means the same labels, as long as the target stands. */
  readonly series: string;
  /** Reads the labels. Throws `BadInput` when they are none. */
  labels(): Labels;
  /** Undefined: the page gives none. */
  readonly timeMs: number | undefined;
}

export interface SampleItem extends SeriesItem {
  readonly kind: 'sample';
  readonly value: number;
  /** When counting began; 0: not said. */
  readonly startMs: number;
  readonly exemplars: readonly Exemplar[];
}

/** When counting began for all series of a family that have these labels, `le` and `quantile` aside. */
export interface CreatedItem {
  readonly kind: 'created';
  readonly family: string;
  labels(): Labels;
  readonly startMs: number;
}

export interface NativeItem extends SeriesItem {
  readonly kind: 'native';
  readonly histogram: NativeHistogram;
  readonly startMs: number;
  readonly exemplars: readonly Exemplar[];
}

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number | undefined;
}

/** A histogram whose buckets follow from a schema, as `io.prometheus.client.Histogram` writes them. */
export interface NativeHistogram {
  readonly schema: number;
  /** Counts are floating-point numbers; buckets are in `counts`, not in `deltas`. */
  readonly isFloat: boolean;
  readonly isGauge: boolean;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: BucketSide;
  readonly negative: BucketSide;
}

export interface BucketSide {
  /** Each with the gap before it and how many buckets it has. */
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  readonly deltas: readonly number[];
  readonly counts: readonly number[];
}

/** Labels in their one order; those with an empty value are as good as absent. */
export function sortedLabels(labels: readonly Label[]): Labels {
  return labels.filter(({ value }) => value !== '').sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function labelOf(labels: Labels, name: string): string {
  return labels.find(label => label.name === name)?.value ?? '';
}

/** A text that two label sets share only when they are the same. */
export function keyOf(labels: Labels): string {
  let key = '';
  for (const { name, value } of labels) key += `${name}\u{ff}${value}\u{fe}`;
  return key;
}
