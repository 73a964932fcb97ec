import { sameMeasure } from './measure-format.js';
import type { Measure } from './unit.js';

/** Which queries are measured at which side of the chart. */
export type Axes = {
  readonly left: Measure;
  /** Undefined when all measure the same, or too many different things. */
  readonly right: Measure | undefined;
  readonly rightLetters: ReadonlySet<string>;
  /** More than two units: the axis has none. */
  readonly isMixed: boolean;
};

const plain: Measure = { base: '1', perSecond: false };

/** The first query's unit stands at the left, one other at the right; beyond two there is no axis that fits. */
export function axesOf(queries: readonly { readonly letter: string; readonly measure: Measure }[]): Axes {
  const left = queries[0]?.measure ?? plain;
  const others = queries.filter(({ measure }) => !sameMeasure(measure, left));
  const right = others[0]?.measure;
  if (right === undefined) return { left, right: undefined, rightLetters: new Set(), isMixed: false };
  if (others.some(({ measure }) => !sameMeasure(measure, right))) {
    return { left: plain, right: undefined, rightLetters: new Set(), isMixed: true };
  }
  return { left, right, rightLetters: new Set(others.map(({ letter }) => letter)), isMixed: false };
}
