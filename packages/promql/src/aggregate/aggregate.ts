import type { Aggregate } from '../parse/ast.js';
import { absent, type StepSeries } from '../value/series.js';
import { average } from './average.js';
import { groupsOf } from './grouping.js';
import { count, group, max, min, stddev, stdvar } from './plain.js';
import { quantile, sayBadQuantiles } from './quantile.js';
import type { Reduction, ReductionContext } from './reduction.js';
import { limit, limitRatio, top, type Selection } from './selection.js';
import { sum } from './sum.js';

const reductions: Readonly<Partial<Record<Aggregate['op'], Reduction>>> = {
  sum,
  avg: average,
  min,
  max,
  count,
  group,
  stddev,
  stdvar,
};

/** Every aggregation but `count_values`. `param` is what topk, bottomk, limitk, limit_ratio and quantile were given. */
export function aggregate(
  node: Aggregate,
  series: readonly StepSeries[],
  param: Float64Array | undefined,
  context: ReductionContext,
): readonly StepSeries[] {
  const groups = groupsOf(node, series);
  const { guard } = context;
  const selection = selectionOf(node, param);
  if (selection !== undefined) return selection(groups, context);
  const reduction = reductionOf(node, param, context);
  const results: StepSeries[] = [];
  for (const of of groups) {
    guard.hold(context.stepCount);
    const reduced = reduction(of, context);
    if (!reduced.kinds.some(kind => kind !== absent)) continue;
    results.push({ labels: of.labels, ...reduced, dropName: of.series[0]?.dropName ?? false });
  }
  return results;
}

function selectionOf(node: Aggregate, param: Float64Array | undefined): Selection | undefined {
  if (param === undefined) return undefined;
  switch (node.op) {
    case 'topk':
    case 'bottomk':
      return top(node.op, param, node.start);
    case 'limitk':
      return limit(param);
    case 'limit_ratio':
      return limitRatio(param, node.param?.start ?? node.start);
    default:
      return undefined;
  }
}

function reductionOf(node: Aggregate, param: Float64Array | undefined, context: ReductionContext): Reduction {
  if (node.op === 'quantile' && param !== undefined) {
    sayBadQuantiles(param, context, node.param?.start ?? node.start);
    return quantile(param);
  }
  const reduction = reductions[node.op];
  if (reduction === undefined) throw new Error(`no aggregation ${node.op}`);
  return reduction;
}
