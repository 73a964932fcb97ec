import { computed, type PassingSeries } from '../evaluate/passing-series.js';
import type { Aggregate } from '../parse/ast.js';
import { absent, type StepSeries } from '../value/series.js';
import { average } from './average.js';
import { groupsOf, type Group } from './grouping.js';
import { count, group, max, min, stddev, stdvar } from './plain.js';
import { quantile, sayBadQuantiles } from './quantile.js';
import type { Reduced, Reduction, ReductionContext } from './reduction.js';
import { limit, limitRatio, top } from './selection.js';
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

/** The aggregations without a parameter: each makes one series of each group, and looks at each of its series once. */
export function reduce(
  node: Aggregate,
  series: readonly PassingSeries[],
  context: ReductionContext,
): readonly StepSeries[] {
  const reduction = reductions[node.op];
  if (reduction === undefined) throw new Error(`no aggregation ${node.op}`);
  return reduceGroups(groupsOf(node, series), context, one => reduction(computed(one), context));
}

/** The aggregations with a number: topk, bottomk, limitk, limit_ratio and quantile. */
export function aggregate(
  node: Aggregate,
  series: readonly StepSeries[],
  param: Float64Array,
  context: ReductionContext,
): readonly StepSeries[] {
  const groups = groupsOf(node, series);
  const paramStart = node.param?.start ?? node.start;
  switch (node.op) {
    case 'topk':
    case 'bottomk':
      return top(node.op, param, node.start)(groups, context);
    case 'limitk':
      return limit(param)(groups, context);
    case 'limit_ratio':
      return limitRatio(param, paramStart)(groups, context);
    case 'quantile': {
      sayBadQuantiles(param, context, paramStart);
      const reduction = quantile(param);
      return reduceGroups(groups, context, one => reduction(one, context));
    }
    default:
      throw new Error(`no aggregation ${node.op} with a number`);
  }
}

function reduceGroups<Series extends { readonly dropName: boolean }>(
  groups: readonly Group<Series>[],
  { guard, stepCount }: ReductionContext,
  reduction: (series: readonly Series[]) => Reduced,
): readonly StepSeries[] {
  const results: StepSeries[] = [];
  for (const { labels, series } of groups) {
    guard.hold(stepCount);
    const reduced = reduction(series);
    if (!reduced.kinds.some(kind => kind !== absent)) continue;
    results.push({ labels, ...reduced, dropName: series[0]?.dropName ?? false });
  }
  return results;
}
