import type { SetOp, VectorMatching } from '../parse/ast.js';
import { absent, type StepSeries } from '../value/series.js';
import { hasAny } from './column.js';
import type { Guard } from './guard.js';
import { signatureOf } from './vector-matching.js';

/** `and`, `or`, `unless`: which samples stay depends, step by step, on whether the other side has the signature. */
export function setOperation(
  op: SetOp,
  {
    left,
    right,
    matching,
    stepCount,
  }: {
    readonly left: readonly StepSeries[];
    readonly right: readonly StepSeries[];
    readonly matching: VectorMatching;
    readonly stepCount: number;
  },
  guard: Guard,
): readonly StepSeries[] {
  const signature = signatureOf(matching);
  if (op === 'or') {
    const there = presence(left, signature, stepCount);
    return [...left, ...masked(right, series => there.get(signature(series.labels)), { keep: 0, stepCount, guard })];
  }
  const there = presence(right, signature, stepCount);
  return masked(left, series => there.get(signature(series.labels)), { keep: op === 'and' ? 1 : 0, stepCount, guard });
}

/** For each signature, 1 at the steps at which a series with it has a sample. */
function presence(
  series: readonly StepSeries[],
  signature: (labels: StepSeries['labels']) => string,
  stepCount: number,
): ReadonlyMap<string, Uint8Array> {
  const there = new Map<string, Uint8Array>();
  for (const { labels, kinds } of series) {
    const key = signature(labels);
    let steps = there.get(key);
    if (steps === undefined) there.set(key, (steps = new Uint8Array(stepCount)));
    for (let step = 0; step < stepCount; step++) if (kinds[step] !== absent) steps[step] = 1;
  }
  return there;
}

/** The samples at whose steps the mask is `keep`; a series without a mask has 0 at every step. */
function masked(
  series: readonly StepSeries[],
  maskOf: (series: StepSeries) => Uint8Array | undefined,
  { keep, stepCount, guard }: { readonly keep: 0 | 1; readonly stepCount: number; readonly guard: Guard },
): readonly StepSeries[] {
  const kept: StepSeries[] = [];
  for (const one of series) {
    guard.work(stepCount);
    const mask = maskOf(one);
    if (mask === undefined) {
      if (keep === 0) kept.push(one);
      continue;
    }
    const kinds = one.kinds.slice();
    for (let step = 0; step < stepCount; step++) if (mask[step] !== keep) kinds[step] = absent;
    const result = { ...one, kinds };
    if (hasAny(result)) kept.push(result);
  }
  return kept;
}
