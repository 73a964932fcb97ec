import type { Aggregate } from '../parse/ast.js';
import { withoutMetadata, type Labels } from '../value/labels.js';
import { absent, type StepSeries } from '../value/series.js';
import { average } from './average.js';
import { groupFinder, groupsOf, type NamedGroup } from './grouping.js';
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
  readonly #removesNames: boolean;
  readonly #groupIn: (labels: Labels) => NamedGroup;
  readonly #groupWithoutName: (labels: Labels) => NamedGroup;
  readonly #groups = new Map<string, GroupSoFar>();
  #last: GroupSoFar | undefined;

  /** `removesNames`: names that are no longer true go at once, and not at the end of the query. */
  constructor(node: Aggregate, context: ReductionContext, removesNames: boolean) {
    const reduction = reductions[node.op];
    if (reduction === undefined) throw new Error(`no aggregation ${node.op}`);
    this.#reduction = reduction;
    this.#context = context;
    this.#removesNames = removesNames;
    this.#groupIn = groupFinder(node, false);
    this.#groupWithoutName = groupFinder(node, true);
  }

  add(series: StepSeries): void {
    const isWithoutName = series.dropName && this.#removesNames;
    const { labels, key } = (isWithoutName ? this.#groupWithoutName : this.#groupIn)(series.labels);
    let found = this.#last?.key === key ? this.#last : this.#groups.get(key);
    if (found === undefined) {
      this.#context.guard.hold(2 * this.#context.stepCount);
      const dropName = series.dropName && !isWithoutName;
      found = { key, labels, dropName, accumulator: this.#reduction(this.#context) };
      this.#groups.set(key, found);
    }
    this.#last = found;
    // What is said of histograms names the series by what is left of its labels.
    const isNamed = isWithoutName && series.histograms !== undefined;
    found.accumulator.add(isNamed ? { ...series, labels: withoutMetadata(series.labels) } : series);
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

interface GroupSoFar extends NamedGroup {
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
