import type { Aggregate } from '../parse/ast.js';
import { labelsKey, type Labels } from '../value/labels.js';
import { absent, type StepSeries } from '../value/series.js';
import { average } from './average.js';
import { groupLabels, groupsOf } from './grouping.js';
import { count, group, max, min, stddev, stdvar } from './plain.js';
import { quantile, sayBadQuantiles } from './quantile.js';
import type { Accumulator, Reduced, Reduction, ReductionContext } from './reduction.js';
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

/** An aggregation without a parameter: it looks at each series once, whenever it comes, and holds only its groups. */
export class GroupedReduction {
  readonly #reduction: Reduction;
  readonly #context: ReductionContext;
  readonly #labelsIn: (labels: Labels) => Labels;
  readonly #groups = new Map<string, GroupSoFar>();

  constructor(node: Aggregate, context: ReductionContext) {
    const reduction = reductions[node.op];
    if (reduction === undefined) throw new Error(`no aggregation ${node.op}`);
    this.#reduction = reduction;
    this.#context = context;
    this.#labelsIn = groupLabels(node.grouping, node.without);
  }

  add(series: StepSeries): void {
    const labels = this.#labelsIn(series.labels);
    const key = labelsKey(labels);
    let found = this.#groups.get(key);
    if (found === undefined) {
      this.#context.guard.hold(2 * this.#context.stepCount);
      found = { labels, dropName: series.dropName, accumulator: this.#reduction(this.#context) };
      this.#groups.set(key, found);
    }
    found.accumulator.add(series);
  }

  /** Asked for once. */
  finish(): readonly StepSeries[] {
    return Array.from(this.#groups.values(), ({ labels, dropName, accumulator }) => ({
      labels,
      dropName,
      ...accumulator.finish(),
    })).filter(({ kinds }) => kinds.some(kind => kind !== absent));
  }
}

interface GroupSoFar {
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly accumulator: Accumulator;
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
    case 'quantile':
      sayBadQuantiles(param, context, paramStart);
      return groups.flatMap(({ labels, series: members }) => {
        context.guard.hold(context.stepCount);
        const reduced: Reduced = quantile(param, members, context);
        if (!reduced.kinds.some(kind => kind !== absent)) return [];
        return [{ labels, ...reduced, dropName: members[0]?.dropName ?? false }];
      });
    default:
      throw new Error(`no aggregation ${node.op} with a number`);
  }
}
