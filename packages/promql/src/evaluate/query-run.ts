import type { GroupedReduction } from '../aggregate/aggregate.js';
import type { Aggregate, Expr, ValueType } from '../parse/ast.js';
import { typeOf } from '../parse/type-of.js';
import type { SelectRequest } from '../source.js';
import { Annotations } from '../value/annotations.js';
import { QueryError } from '../value/query-error.js';
import type { RawSeries, Steps } from '../value/series.js';
import { foldsOf } from './folds.js';
import { Guard } from './guard.js';
import { evaluationOf, type EvaluateOptions } from './options.js';
import { planOf, type Plan } from './plan.js';
import type { QueryResult } from './result.js';
import { valueOf } from './value-of.js';
import { fold, foldOf, type Fold, type Walk } from './walk.js';

/**
 * One evaluation whose samples come in parts.
 *
 * Give it for each of `requests` what the source has, each series whole and once, in as many parts as is handy; then `finish`.
 */
export class QueryRun {
  readonly requests: readonly SelectRequest[];
  readonly #walk: Walk;
  readonly #steps: Steps;
  readonly #selected: RawSeries[][];
  /** For each request the aggregations that take its series in as they come. */
  readonly #folds: readonly (readonly (readonly [Aggregate, Fold])[])[];
  #series = 0;
  #samples = 0;

  constructor(expr: Expr, steps: Steps, options: EvaluateOptions = {}) {
    const evaluation = evaluationOf(options);
    const plan = planFor(expr, steps, options);
    const guard = new Guard(evaluation);
    const annotations = new Annotations();
    const folded = new Map<Aggregate, GroupedReduction>();
    const folds: (readonly [Aggregate, Fold])[][] = plan.requests.map(() => []);
    for (const [node, request] of foldsOf(plan)) {
      const context = { stepCount: steps.count, annotations, start: node.expr.start, guard };
      const into = foldOf(node, context, evaluation);
      folded.set(node, into.reduction);
      folds[request]?.push([node, into]);
    }
    this.requests = plan.requests;
    this.#steps = steps;
    this.#selected = plan.requests.map(() => []);
    this.#folds = folds;
    this.#walk = { plan, selected: this.#selected, evaluation, annotations, guard, folded, clean: new WeakMap() };
    guard.look();
  }

  /** Whether the samples of a request are not kept: only sums and the like of them are wanted. */
  forgets(request: number): boolean {
    return (this.#folds[request] ?? []).length > 0;
  }

  /** Takes a part of what a request brings. */
  give(request: number, part: readonly RawSeries[]): void {
    this.#series += part.length;
    for (const { timesMs, histogramTimesMs } of part) this.#samples += timesMs.length + histogramTimesMs.length;
    const { maxSeries } = this.#walk.evaluation;
    if (this.#series > maxSeries) {
      throw new QueryError(
        'execution',
        `the query selects more than the ${maxSeries} series allowed; select fewer with more matchers`,
      );
    }
    const folds = this.#folds[request] ?? [];
    if (folds.length === 0) {
      const selected = this.#selected[request];
      if (selected === undefined) throw new Error(`no request ${request}`);
      for (const series of part) selected.push(series);
      return;
    }
    const selected = this.#selected.map((kept, at) => (at === request ? part : kept));
    for (const [node, into] of folds) fold({ ...this.#walk, selected }, node, this.#steps, into);
  }

  finish(): QueryResult {
    const { annotations, guard } = this.#walk;
    const value = valueOf(this.#walk, this.#steps);
    const stats = { series: this.#series, samples: this.#samples, peakSamples: guard.peak };
    return { value, annotations: annotations.all(), stats };
  }
}

/** What a query needs; a range query must be of a vector or a scalar. */
export function planFor(expr: Expr, steps: Steps, options: EvaluateOptions): Plan {
  const type = typeOf(expr);
  if (steps.stepMs !== 0 && type !== 'scalar' && type !== 'vector') {
    throw new QueryError(
      'bad_data',
      `invalid expression type "${documented[type]}" for range query, must be Scalar or instant Vector`,
    );
  }
  return planOf(expr, steps, evaluationOf(options));
}

const documented: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};
