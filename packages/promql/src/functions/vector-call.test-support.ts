import type { Expr } from '../parse/ast.js';
import { Annotations } from '../value/annotations.js';
import { labelsOf, labelsRecord } from '../value/labels.js';
import { float, type StepSeries, type Steps } from '../value/series.js';
import type { Evaluated, VectorFunction } from './define.js';

/** A series with a float at each step; `undefined` = none. */
export function series(
  labels: Readonly<Record<string, string>>,
  ...values: readonly (number | undefined)[]
): StepSeries {
  return {
    labels: labelsOf(labels),
    kinds: Uint8Array.from(values, value => (value === undefined ? 0 : float)),
    values: Float64Array.from(values, value => value ?? 0),
    histograms: undefined,
    dropName: false,
  };
}

export const vectorOf = (...all: readonly StepSeries[]): Evaluated => ({ type: 'vector', series: all });
export const textOf = (value: string): Evaluated => ({ type: 'string', value });

/** What a function gives, for so many minutes from 1970-01-01 on. */
export function called(
  func: VectorFunction,
  args: readonly Evaluated[],
  { startMs = 0, count = 1, exprs = [] }: { startMs?: number; count?: number; exprs?: readonly Expr[] } = {},
): Evaluated {
  const steps: Steps = { startMs, stepMs: count === 1 ? 0 : 60_000, count };
  const call = { annotations: new Annotations(), start: 0, argStarts: args.map(() => 0), steps, argExprs: exprs };
  return func.evaluate(args, call);
}

/** Labels and values of each series, to be compared. */
export function shown(
  result: Evaluated,
): readonly (readonly [labels: Readonly<Record<string, string>>, ...values: (number | undefined)[]])[] {
  if (result.type !== 'vector') throw new Error(`a ${result.type} is no vector`);
  return result.series.map(one => [
    { ...labelsRecord(one.labels) },
    ...Array.from(one.kinds, (kind, step) => (kind === float ? one.values[step] : undefined)),
  ]);
}
