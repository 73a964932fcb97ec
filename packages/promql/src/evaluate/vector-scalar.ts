import type { ArithmeticOp, Binary, ComparisonOp } from '../parse/ast.js';
import type { Annotations } from '../value/annotations.js';
import { absent, float, histogram, type StepSeries } from '../value/series.js';
import { emptyColumn } from './column.js';
import type { Guard } from './guard.js';
import { arithmetic, comparison, isComparison, onHistograms } from './operators.js';

/** A binary operator between scalars, step by step. */
export function scalarScalar(op: ArithmeticOp | ComparisonOp, left: Float64Array, right: Float64Array): Float64Array {
  const results = new Float64Array(left.length);
  if (isComparison(op)) {
    const holds = comparison(op);
    for (let step = 0; step < results.length; step++) results[step] = holds(left[step]!, right[step]!) ? 1 : 0;
  } else {
    const compute = arithmetic(op);
    for (let step = 0; step < results.length; step++) results[step] = compute(left[step]!, right[step]!);
  }
  return results;
}

/** A binary operator between each series of a vector and a scalar. A comparison keeps the vector's samples, on whichever side it stands. */
export function vectorScalar(
  node: Binary,
  op: ArithmeticOp | ComparisonOp,
  {
    vector,
    scalar,
    vectorIsRight,
    renames,
  }: {
    readonly vector: readonly StepSeries[];
    readonly scalar: Float64Array;
    readonly vectorIsRight: boolean;
    /** The result is no longer of the metric that the series are of. */
    readonly renames: boolean;
  },
  { annotations, guard }: { readonly annotations: Annotations; readonly guard: Guard },
): readonly StepSeries[] {
  const results: StepSeries[] = [];
  const compute = isComparison(op) ? undefined : arithmetic(op);
  const holds = isComparison(op) ? comparison(op) : undefined;
  const dropName = renames || node.bool;
  for (const series of vector) {
    guard.hold(scalar.length);
    const { kinds, values } = emptyColumn(scalar.length);
    let histograms: StepSeries['histograms'];
    let seen = 0;
    const from = series.values;
    for (let step = 0; step < kinds.length; step++) {
      const kind = series.kinds[step]!;
      if (kind === absent) continue;
      const number = scalar[step]!;
      if (kind === float) {
        const value = from[step]!;
        const left = vectorIsRight ? number : value;
        const right = vectorIsRight ? value : number;
        if (compute !== undefined) values[step] = compute(left, right);
        else if (holds !== undefined) {
          const kept = holds(left, right);
          if (node.bool) values[step] = kept ? 1 : 0;
          else if (kept) values[step] = value;
          else continue;
        }
        kinds[step] = float;
        seen++;
        continue;
      }
      const one = series.histograms?.[step];
      if (one === undefined) continue;
      const outcome = onHistograms(op, vectorIsRight ? number : one, vectorIsRight ? one : number);
      if (outcome.is === 'foreign') {
        const text = vectorIsRight ? foreignText(op, 'float', 'histogram') : foreignText(op, 'histogram', 'float');
        annotations.info(text, node.start);
      } else if (outcome.is === 'value') {
        histograms ??= Array.from({ length: kinds.length });
        histograms[step] = outcome.value;
        kinds[step] = histogram;
        seen++;
      }
    }
    if (seen === 0) guard.release(guard.held - scalar.length, 0);
    else results.push({ labels: series.labels, kinds, values, histograms, dropName: dropName || series.dropName });
  }
  return results;
}

export function foreignText(op: string, left: 'float' | 'histogram', right: 'float' | 'histogram'): string {
  return `incompatible sample types encountered for binary operator "${op}": ${left} ${op} ${right}`;
}

export function incompatibleText(op: string): string {
  return `incompatible bucket layout encountered for binary operator ${op}`;
}
