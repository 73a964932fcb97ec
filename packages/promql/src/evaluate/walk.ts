import { aggregate, GroupedReduction } from '../aggregate/aggregate.js';
import type { ReductionContext } from '../aggregate/reduction.js';
import { countValues } from '../aggregate/count-values.js';
import type { CallContext, Evaluated, PromFunction, RangeFunction } from '../functions/define.js';
import { functions } from '../functions/all.js';
import { multiply } from '../histogram/arithmetic.js';
import type { Aggregate, Binary, Call, Expr, MatrixSelector, Subquery, Unary, VectorSelector } from '../parse/ast.js';
import { insideParens } from '../parse/walk.js';
import type { Annotations } from '../value/annotations.js';
import { metricName } from '../value/labels.js';
import { QueryError } from '../value/query-error.js';
import { float, type RawSeries, type StepSeries, type Steps } from '../value/series.js';
import { cleanSeries, type CleanSeries } from './clean-series.js';
import { emptyColumn, sharedColumn, type Column } from './column.js';
import { endOf, subquerySteps } from './grid.js';
import type { Guard } from './guard.js';
import { LabelsOnce } from './labels-once.js';
import { lookBack, repeated } from './instant-selector.js';
import { mapCall } from './map-call.js';
import { isArithmetic, isComparison } from './operators.js';
import type { Evaluation } from './options.js';
import { atMs, firstSelector, type Plan } from './plan.js';
import { computed, passing, type PassingSeries } from './passing-series.js';
import { rangeCall, type Ranged } from './range-call.js';
import { mergeSameLabels, refuseSameLabels, withNamesDropped } from './same-labels.js';
import { setOperation } from './set-operators.js';
import { samplesOf } from './subquery.js';
import { vectorVector } from './vector-matching.js';
import { scalarScalar, vectorScalar } from './vector-scalar.js';
import type { Windows } from './window-places.js';

/** What an evaluation has at hand everywhere. */
export interface Walk {
  readonly plan: Plan;
  readonly selected: readonly (readonly RawSeries[])[];
  readonly evaluation: Evaluation;
  readonly annotations: Annotations;
  readonly guard: Guard;
  /** Aggregations that were given their series already. */
  readonly folded: ReadonlyMap<Aggregate, GroupedReduction>;
  /** Series without stale markers, worked out once. */
  readonly clean: WeakMap<RawSeries, CleanSeries>;
}

/** Evaluates an expression at all steps at once. Ranges have no value of their own: what takes one asks `rangesOf`. */
export function evaluateAt(walk: Walk, node: Expr, steps: Steps): Evaluated {
  if (steps.count > 1 && walk.plan.constants.has(node)) return evaluateOnce(walk, node, steps);
  switch (node.kind) {
    case 'numberLiteral':
      walk.guard.hold(steps.count);
      return { type: 'scalar', values: new Float64Array(steps.count).fill(node.value) };
    case 'stringLiteral':
      return { type: 'string', value: node.value };
    case 'paren':
      return evaluateAt(walk, node.expr, steps);
    case 'unary':
      return unary(walk, node, steps);
    case 'binary':
      return binary(walk, node, steps);
    case 'aggregate':
      return vectorOf(aggregation(walk, node, steps));
    case 'call':
      return call(walk, node, steps);
    case 'vectorSelector':
      return vectorOf(selectInstant(walk, node, steps));
    case 'matrixSelector':
    case 'subquery':
      throw new QueryError('execution', 'a range has no value at a step');
  }
}

/** The value at one step stands for all. */
function evaluateOnce(walk: Walk, node: Expr, steps: Steps): Evaluated {
  const once = evaluateAt(walk, node, { ...steps, count: 1 });
  switch (once.type) {
    case 'string':
      return once;
    case 'scalar':
      walk.guard.hold(steps.count - 1);
      return { type: 'scalar', values: new Float64Array(steps.count).fill(once.values[0] ?? NaN) };
    case 'vector':
      walk.guard.hold(once.series.length * (steps.count - 1));
      return vectorOf(once.series.map(series => repeated(series, steps.count)));
  }
}

function vectorOf(series: readonly StepSeries[]): Evaluated {
  return { type: 'vector', series };
}

function vectorAt(walk: Walk, node: Expr, steps: Steps): readonly StepSeries[] {
  const value = evaluateAt(walk, node, steps);
  if (value.type !== 'vector') throw new QueryError('execution', `expected an instant vector, got a ${value.type}`);
  return value.series;
}

function scalarAt(walk: Walk, node: Expr, steps: Steps): Float64Array {
  const value = evaluateAt(walk, node, steps);
  if (value.type !== 'scalar') throw new QueryError('execution', `expected a scalar, got a ${value.type}`);
  return value.values;
}

function selectInstant(walk: Walk, node: VectorSelector, steps: Steps, timesOnly = false): readonly StepSeries[] {
  const look = { ...shiftOf(walk, node), timesOnly, column: () => emptyColumn(steps.count) };
  return held(walk, lookBackAll(walk, selectedBy(walk, node), steps, look), steps);
}

function shiftOf({ plan }: Walk, node: VectorSelector | undefined): Shift {
  return { offsetMs: node?.offsetMs ?? 0, at: atMs(node?.at, plan.steps) };
}

interface Shift {
  readonly offsetMs: number;
  readonly at: number | undefined;
}

/** All series at once. */
function held({ guard }: Walk, all: readonly PassingSeries[], steps: Steps): readonly StepSeries[] {
  const results: StepSeries[] = [];
  for (const series of computed(all)) {
    guard.hold(steps.count);
    results.push(series);
  }
  return results;
}

function lookBackAll(
  { evaluation, guard }: Walk,
  selected: readonly RawSeries[],
  steps: Steps,
  { offsetMs, at, timesOnly, column }: Shift & { readonly timesOnly: boolean; readonly column: () => Column },
): readonly PassingSeries[] {
  const { lookbackMs, leftOpen } = evaluation;
  const firstMs = (at ?? steps.startMs) - offsetMs;
  const back = { firstMs, stepMs: at === undefined ? steps.stepMs : 0, lookbackMs, leftOpen };
  return selected.map(raw => ({
    labels: raw.labels,
    dropName: false,
    compute() {
      guard.work(steps.count + raw.timesMs.length);
      return lookBack(raw, steps, back, { column: column(), timesOnly });
    },
  }));
}

function selectedBy({ plan, selected }: Walk, node: VectorSelector | Call): readonly RawSeries[] {
  const place = plan.requestOf.get(node);
  return (place === undefined ? undefined : selected[place]) ?? [];
}

/** Removes names that are no longer true, unless that is left to the end; then no two series may have the same labels. */
function settled(walk: Walk, series: readonly StepSeries[], both: typeof mergeSameLabels): readonly StepSeries[] {
  if (walk.evaluation.delayedNameRemoval) return series;
  return both(withNamesDropped(series));
}

function unary(walk: Walk, node: Unary, steps: Steps): Evaluated {
  const value = evaluateAt(walk, node.expr, steps);
  if (node.op === '+') return value;
  if (value.type === 'scalar') return { type: 'scalar', values: value.values.map(one => -one) };
  if (value.type !== 'vector') return value;
  walk.guard.hold(value.series.length * steps.count);
  const negated = value.series.map(series => ({
    ...series,
    values: series.values.map(one => -one),
    histograms: series.histograms?.map(one => one && multiply(one, -1)),
    dropName: true,
  }));
  return vectorOf(settled(walk, negated, refuseSameLabels));
}

function binary(walk: Walk, node: Binary, steps: Steps): Evaluated {
  const { guard, annotations } = walk;
  const { held } = guard;
  const left = evaluateAt(walk, node.left, steps);
  const right = evaluateAt(walk, node.right, steps);
  const { op } = node;
  const renames = isArithmetic(op) && !(op === 'atan2' && walk.evaluation.prometheus2);
  if (left.type === 'vector' && right.type === 'vector') {
    const { matching } = node;
    if (matching === undefined) throw new Error('two vectors without a matching');
    const sides = { left: left.series, right: right.series, matching, stepCount: steps.count, renames };
    const series =
      isComparison(op) || isArithmetic(op)
        ? settled(walk, vectorVector(node, op, sides, { annotations, guard }), mergeSameLabels)
        : mergeSameLabels(setOperation(op, sides, guard));
    guard.release(held, series.length * steps.count);
    return vectorOf(series);
  }
  if (!isComparison(op) && !isArithmetic(op)) throw new Error(`${op} between scalars`);
  if (left.type === 'scalar' && right.type === 'scalar') {
    guard.hold(steps.count);
    guard.release(held, steps.count);
    return { type: 'scalar', values: scalarScalar(op, left.values, right.values) };
  }
  const vectorIsRight = right.type === 'vector';
  const vector = vectorIsRight ? right : left;
  const scalar = vectorIsRight ? left : right;
  if (vector.type !== 'vector' || scalar.type !== 'scalar') throw new Error(`${op} on a string`);
  const sides = { vector: vector.series, scalar: scalar.values, vectorIsRight, renames };
  const series = settled(walk, vectorScalar(node, op, sides, { annotations, guard }), mergeSameLabels);
  guard.release(held, series.length * steps.count);
  return vectorOf(series);
}

function aggregation(walk: Walk, node: Aggregate, steps: Steps): readonly StepSeries[] {
  const { guard, annotations } = walk;
  const folded = walk.folded.get(node);
  if (folded !== undefined) return folded.finish();
  const { held } = guard;
  const context = { stepCount: steps.count, annotations, start: node.expr.start, guard };
  const results = ((): readonly StepSeries[] => {
    if (node.param === undefined) {
      const into = foldOf(node, context, walk.evaluation);
      fold(walk, node, steps, into);
      return into.reduction.finish();
    }
    const param = evaluateAt(walk, node.param, steps);
    const input = vectorAt(walk, node.expr, steps);
    if (param.type === 'scalar') return aggregate(node, input, param.values, context);
    return countValues(node, param.type === 'string' ? param.value : '', input, { stepCount: steps.count, guard });
  })();
  guard.release(held, results.length * steps.count);
  return results;
}

/** Where the series of an aggregation go, and the labels of those that were there. */
export interface Fold {
  readonly reduction: GroupedReduction;
  readonly once: LabelsOnce;
}

/** An aggregation to which nothing was given yet. */
export function foldOf(node: Aggregate, context: ReductionContext, { delayedNameRemoval }: Evaluation): Fold {
  const inner = insideParens(node.expr);
  const ranges = inner.kind === 'call' ? inner.args.map(insideParens) : [];
  const isOneName = ranges.some(range => range.kind === 'matrixSelector' && namesMetric(range.vector));
  return {
    reduction: new GroupedReduction(node, context, !delayedNameRemoval),
    once: new LabelsOnce(isOneName),
  };
}

function namesMetric({ matchers }: VectorSelector): boolean {
  return matchers.some(({ name, op, value }) => name === metricName && op === '=' && value !== '');
}

/** Gives an aggregation the series of its operand. */
export function fold(walk: Walk, node: Aggregate, steps: Steps, { reduction, once }: Fold): void {
  for (const series of computed(oneByOne(walk, node.expr, steps, once))) reduction.add(series);
}

/** The series of a vector one after the other: those that come straight from samples are never held all at once. */
function oneByOne(walk: Walk, node: Expr, steps: Steps, once: LabelsOnce): readonly PassingSeries[] {
  const inner = insideParens(node);
  const isConstant = steps.count > 1 && walk.plan.constants.has(inner);
  const column = sharedColumn(steps.count);
  if (!isConstant && inner.kind === 'vectorSelector') {
    const look = { ...shiftOf(walk, inner), timesOnly: false, column };
    return lookBackAll(walk, selectedBy(walk, inner), steps, look);
  }
  const func = inner.kind === 'call' ? functions.get(inner.func) : undefined;
  if (isConstant || inner.kind !== 'call' || func?.kind !== 'range' || func.finish !== undefined) {
    return vectorAt(walk, node, steps).map(passing);
  }
  const results = reducedRanges(walk, inner, func, steps, { context: contextOf(walk, inner), column });
  return walk.evaluation.delayedNameRemoval ? results : eachOnce(results, once);
}

/** Refuses two series of the same labels. */
function eachOnce(all: readonly PassingSeries[], once: LabelsOnce): readonly PassingSeries[] {
  return all.map(one => ({
    labels: one.labels,
    dropName: one.dropName,
    compute() {
      const series = one.compute();
      if (series !== undefined) once.add(one.labels, one.dropName);
      return series;
    },
  }));
}

function call(walk: Walk, node: Call, steps: Steps): Evaluated {
  const func = functions.get(node.func);
  if (func === undefined) throw new QueryError('execution', `unknown function "${node.func}"`);
  const { guard } = walk;
  const { held } = guard;
  const value = applied(walk, node, func, steps, contextOf(walk, node));
  if (value.type === 'vector') guard.release(held, value.series.length * steps.count);
  else if (value.type === 'scalar') guard.release(held, steps.count);
  return value;
}

function contextOf({ annotations, evaluation }: Walk, node: Call): CallContext {
  return {
    annotations,
    start: node.start,
    argStarts: node.args.map(arg => insideParens(arg).start),
    typeAndUnitLabels: evaluation.typeAndUnitLabels,
    prometheus2: evaluation.prometheus2,
  };
}

function applied(walk: Walk, node: Call, func: PromFunction, steps: Steps, context: CallContext): Evaluated {
  const { guard } = walk;
  switch (func.kind) {
    case 'range':
      return vectorOf(overRange(walk, node, func, steps, context));
    case 'map': {
      const args = node.args.map(arg => evaluateAt(walk, arg, steps));
      const input = args.flatMap(arg => (arg.type === 'vector' ? arg.series : []));
      const scalars = args.flatMap(arg => (arg.type === 'scalar' ? [arg.values] : []));
      return vectorOf(settled(walk, mapCall(func, input, scalars, { steps, context, guard }), mergeSameLabels));
    }
    case 'vector': {
      const args = argumentsOf(walk, node, steps);
      const value = func.evaluate(args, { ...context, steps, argExprs: node.args });
      if (value.type === 'scalar') guard.hold(steps.count);
      if (value.type !== 'vector') return value;
      guard.hold(value.series.length * steps.count);
      guard.look();
      return vectorOf(mergeSameLabels(settled(walk, value.series, mergeSameLabels)));
    }
  }
}

/** The arguments' values; `timestamp` sees the times of a selector's samples, and `info` its info series. */
function argumentsOf(walk: Walk, node: Call, steps: Steps): readonly Evaluated[] {
  const [first] = node.args;
  if (node.func === 'timestamp' && first !== undefined) {
    const selector = insideParens(first);
    if (selector.kind === 'vectorSelector') return [vectorOf(selectInstant(walk, selector, steps, true))];
  }
  if (node.func === 'info' && first !== undefined) {
    return [evaluateAt(walk, first, steps), vectorOf(infoSeries(walk, node, first, steps))];
  }
  return node.args.map(arg => evaluateAt(walk, arg, steps));
}

function overRange(
  walk: Walk,
  node: Call,
  func: RangeFunction,
  steps: Steps,
  context: CallContext,
): readonly StepSeries[] {
  const column = (): Column => emptyColumn(steps.count);
  const results = held(walk, reducedRanges(walk, node, func, steps, { context, column }), steps);
  if (func.finish !== undefined) return func.finish(results, steps, node.args);
  return settled(walk, results, refuseSameLabels);
}

function reducedRanges(
  walk: Walk,
  node: Call,
  func: RangeFunction,
  steps: Steps,
  { context, column }: { readonly context: CallContext; readonly column: () => Column },
): readonly PassingSeries[] {
  const { guard } = walk;
  const scalars: Float64Array[] = [];
  let range: MatrixSelector | Subquery | undefined;
  for (const arg of node.args) {
    const inner = insideParens(arg);
    if (inner.kind === 'matrixSelector' || inner.kind === 'subquery') range = inner;
    else scalars.push(scalarAt(walk, arg, steps));
  }
  if (range === undefined) throw new Error(`${node.func} without a range`);
  const input = rangesOf(walk, range, steps);
  return rangeCall(func, input, scalars, windowsOf(walk, range, steps), { steps, context, guard, column });
}

export function windowsOf(walk: Walk, node: MatrixSelector | Subquery, steps: Steps): Windows {
  const shift = node.kind === 'subquery' ? node : node.vector;
  const at = atMs(shift.at, walk.plan.steps);
  return {
    firstEndMs: (at ?? steps.startMs) - shift.offsetMs,
    strideMs: at === undefined ? steps.stepMs : 0,
    rangeMs: node.rangeMs,
    leftOpen: walk.evaluation.leftOpen,
  };
}

/** The samples that a range selector or subquery has for any of the steps. */
export function rangesOf(walk: Walk, node: MatrixSelector | Subquery, steps: Steps): readonly Ranged[] {
  if (node.kind === 'matrixSelector') {
    return selectedBy(walk, node.vector).map(raw => {
      let samples = walk.clean.get(raw);
      if (samples === undefined) {
        walk.guard.work(raw.timesMs.length);
        samples = cleanSeries(raw);
        walk.clean.set(raw, samples);
      }
      return { labels: raw.labels, dropName: false, samples };
    });
  }
  const at = atMs(node.at, walk.plan.steps);
  const inner = subquerySteps(
    (at ?? steps.startMs) - node.offsetMs - node.rangeMs,
    (at ?? endOf(steps)) - node.offsetMs,
    node.stepMs ?? walk.evaluation.subqueryStepMs,
    walk.evaluation.leftOpen,
  );
  if (inner.count === 0) return [];
  const { held } = walk.guard;
  walk.guard.hold(inner.count);
  const value = evaluateAt(walk, node.expr, inner);
  const series = value.type === 'vector' ? value.series : value.type === 'scalar' ? [scalarSeries(value.values)] : [];
  const ranged = series.map(one => ({
    labels: one.labels,
    dropName: one.dropName,
    samples: samplesOf(one, inner),
  }));
  walk.guard.release(held, 0);
  return ranged;
}

/** A scalar as the only series of a vector. */
export function scalarSeries(values: Float64Array): StepSeries {
  const kinds = new Uint8Array(values.length).fill(float);
  return { labels: [], kinds, values, histograms: undefined, dropName: false };
}

/** Series that `info` may take labels from, each with the time of its sample in seconds instead of its value. */
function infoSeries(walk: Walk, node: Call, base: Expr, steps: Steps): readonly StepSeries[] {
  const look = { ...shiftOf(walk, firstSelector(base)), timesOnly: true, column: () => emptyColumn(steps.count) };
  return held(walk, lookBackAll(walk, selectedBy(walk, node), steps, look), steps);
}
