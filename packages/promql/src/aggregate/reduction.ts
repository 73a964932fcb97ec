import type { Guard } from '../evaluate/guard.js';
import type { Annotations } from '../value/annotations.js';
import type { StepSeries } from '../value/series.js';

/** What a group comes to, step by step. */
export type Reduced = Pick<StepSeries, 'kinds' | 'values' | 'histograms'>;

/** Where an aggregation may say something: of its operand. */
export interface ReductionContext {
  readonly stepCount: number;
  readonly annotations: Annotations;
  readonly start: number;
  readonly guard: Guard;
}

/** Takes in the series of a group one after the other, and keeps none: the next one may overwrite it. */
export interface Accumulator {
  add(series: StepSeries): void;
  /** Asked for once, when all series were added. */
  finish(): Reduced;
}

/** An aggregation that makes one series of each group. */
export type Reduction = (context: ReductionContext) => Accumulator;

/** Says that histograms were left out of an aggregation that knows only floats. */
export function sayIgnored({ annotations, start }: ReductionContext, op: string): void {
  annotations.info(`ignored histogram in ${op} aggregation`, start);
}
