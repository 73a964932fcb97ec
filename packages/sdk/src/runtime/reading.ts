import type { Metric, MetricKind } from '../core/metrics.js';

/** A metric of our own scope; asking again gives the same. */
export type Define = (name: string, kind: MetricKind, unit: string, description: string) => Metric;

/** Something that is looked at once per export. */
export interface Reading {
  readonly read: () => void;
  /** Ends what it watches in between. */
  readonly stop?: () => void;
}
