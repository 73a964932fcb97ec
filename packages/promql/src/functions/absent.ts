import { emptyColumn } from '../evaluate/column.js';
import type { Expr } from '../parse/ast.js';
import { labelsOf, metricName, noLabels, type Labels } from '../value/labels.js';
import { absent as noSample, float, type StepSeries, type Steps } from '../value/series.js';
import type { RangeFunction, VectorFunction } from './define.js';

/** The labels that a selector demands with `=`, each of them once: those of the series that is missing. */
export function demandedLabels(expr: Expr | undefined): Labels {
  if (expr?.kind === 'paren') return demandedLabels(expr.expr);
  if (expr?.kind === 'matrixSelector') return demandedLabels(expr.vector);
  if (expr?.kind !== 'vectorSelector') return noLabels;
  const demanded = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, op, value } of expr.matchers) {
    if (name === metricName) continue;
    if (op === '=' && !seen.has(name)) {
      seen.add(name);
      demanded.set(name, value);
    } else {
      demanded.delete(name);
    }
  }
  return labelsOf(demanded);
}

/** One series that is 1 where none of the others has a sample; nothing if there is no such step. */
function whereAbsent(series: readonly StepSeries[], steps: Steps, labels: Labels): readonly StepSeries[] {
  const { kinds, values } = emptyColumn(steps.count);
  kinds.fill(float);
  values.fill(1);
  let left = steps.count;
  for (const one of series) {
    for (let step = 0; step < steps.count; step++) {
      if (one.kinds[step] === noSample || kinds[step] === noSample) continue;
      kinds[step] = noSample;
      left--;
    }
    if (left === 0) return [];
  }
  return [{ labels, kinds, values, histograms: undefined, dropName: false }];
}

export const absent: VectorFunction = {
  kind: 'vector',
  name: 'absent',
  doc: '1 when the vector is empty, with the labels its selector demands with `=`: alerts on a series that is gone. It can not tell which of several is missing.',
  evaluate([vector], { steps, argExprs }) {
    const series = vector?.type === 'vector' ? vector.series : [];
    return { type: 'vector', series: whereAbsent(series, steps, demandedLabels(argExprs[0])) };
  },
};

export const absentOverTime: RangeFunction = {
  kind: 'range',
  name: 'absent_over_time',
  doc: '1 when no series has a sample in the whole range, with the labels the selector demands with `=`: absent that forgives short gaps.',
  reduce: () => 1,
  finish: (series, steps, argExprs) => whereAbsent(series, steps, demandedLabels(argExprs[0])),
};
