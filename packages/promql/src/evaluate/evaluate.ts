import type { Expr } from '../parse/ast.js';
import type { SelectRequest, Source } from '../source.js';
import type { RawSeries, Steps } from '../value/series.js';
import type { EvaluateOptions } from './options.js';
import { planFor, QueryRun } from './query-run.js';
import type { QueryResult } from './result.js';

/** What has to be fetched for a query; the same selector at the same times is asked for once. */
export function selectsOf(expr: Expr, steps: Steps, options: EvaluateOptions = {}): readonly SelectRequest[] {
  return planFor(expr, steps, options).requests;
}

/**
 * Evaluates a query over samples already fetched: `selected` answers `selectsOf` one by one, for the same steps and options.
 *
 * Steps with `stepMs` 0 are an instant query. Runs to its end without a pause; `deadlineMs` and `cancelled` end it early.
 */
export function evaluateWith(
  expr: Expr,
  steps: Steps,
  selected: readonly (readonly RawSeries[])[],
  options: EvaluateOptions = {},
): QueryResult {
  const run = new QueryRun(expr, steps, options);
  for (const [request, series] of selected.entries()) run.give(request, series);
  return run.finish();
}

/** Fetches what a query needs and evaluates it. */
export async function evaluate(
  query: { readonly expr: Expr; readonly steps: Steps },
  source: Source,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<QueryResult> {
  const run = new QueryRun(query.expr, query.steps, { cancelled: () => signal.aborted, ...options });
  const selected = await Promise.all(run.requests.map(request => source.select(request, signal)));
  for (const [request, series] of selected.entries()) run.give(request, series);
  return run.finish();
}
