import type { Point } from '../memory-source.js';
import type { Labels } from '../value/labels.js';

/** A series to be loaded: its points ascend in time. */
export interface TestSeries {
  readonly labels: Labels;
  readonly points: readonly (readonly [timeMs: number, point: Point])[];
}
