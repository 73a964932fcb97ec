import type { Expr, ValueType } from '../parse/ast.js';
import { typeOf } from '../parse/type-of.js';
import { insideParens } from '../parse/walk.js';
import type { SelectRequest, Source } from '../source.js';
import { Annotations } from '../value/annotations.js';
import { compareLabels, withoutMetadata } from '../value/labels.js';
import { QueryError } from '../value/query-error.js';
import { float, histogram, type RawSeries, type StepSeries, type Steps } from '../value/series.js';
import { timesOf } from './grid.js';
import { Guard } from './guard.js';
import { evaluationOf, type EvaluateOptions } from './options.js';
import { planOf, type Plan } from './plan.js';
import type { QueryResult, QueryValue, Sample } from './result.js';
import { refuseSameLabels, withNamesDropped } from './same-labels.js';
import { evaluateAt, rangesOf, scalarSeries, windowsOf, type Walk } from './walk.js';

/** What has to be fetched for a query; the same selector at the same times is asked for once. */
export function selectsOf(expr: Expr, steps: Steps, options: EvaluateOptions = {}): readonly SelectRequest[] {
  return planned(expr, steps, options).requests;
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
  const plan = planned(expr, steps, options);
  const evaluation = evaluationOf(options);
  const guard = new Guard(evaluation);
  guard.look();
  const stats = { series: 0, samples: 0 };
  for (const answer of selected) {
    stats.series += answer.length;
    for (const { timesMs, histogramTimesMs } of answer) stats.samples += timesMs.length + histogramTimesMs.length;
  }
  if (stats.series > evaluation.maxSeries) {
    throw new QueryError(
      'execution',
      `the query selects ${stats.series} series, more than the ${evaluation.maxSeries} allowed; select fewer with more matchers`,
    );
  }
  const annotations = new Annotations();
  const walk: Walk = { plan, selected, evaluation, annotations, guard, clean: new WeakMap() };
  const value = valueOf(walk, steps);
  return { value, annotations: annotations.all(), stats: { ...stats, peakSamples: guard.peak } };
}

/** Fetches what a query needs and evaluates it. */
export async function evaluate(
  query: { readonly expr: Expr; readonly steps: Steps },
  source: Source,
  options: EvaluateOptions,
  signal: AbortSignal,
): Promise<QueryResult> {
  const requests = selectsOf(query.expr, query.steps, options);
  const selected = await Promise.all(requests.map(request => source.select(request, signal)));
  return evaluateWith(query.expr, query.steps, selected, options);
}

function planned(expr: Expr, steps: Steps, options: EvaluateOptions): Plan {
  if (!isInstant(steps)) refuseForRange(typeOf(expr));
  return planOf(expr, steps, evaluationOf(options));
}

function isInstant(steps: Steps): boolean {
  return steps.stepMs === 0;
}

const documented: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
};

function refuseForRange(type: ValueType): void {
  if (type === 'scalar' || type === 'vector') return;
  throw new QueryError(
    'bad_data',
    `invalid expression type "${documented[type]}" for range query, must be Scalar or instant Vector`,
  );
}

function valueOf(walk: Walk, steps: Steps): QueryValue {
  const { expr } = walk.plan;
  const range = insideParens(expr);
  if (range.kind === 'matrixSelector' || range.kind === 'subquery') return rangeValue(walk, range, steps);
  const value = evaluateAt(walk, expr, steps);
  if (value.type === 'string') return { type: 'string', timeMs: steps.startMs, value: value.value };
  if (!isInstant(steps)) {
    const series = value.type === 'scalar' ? [scalarSeries(value.values)] : finished(walk, value.series);
    return { type: 'matrix', series: matrixOf(series, steps) };
  }
  if (value.type === 'scalar') return { type: 'scalar', timeMs: steps.startMs, value: value.values[0] ?? NaN };
  const samples = finished(walk, value.series).flatMap(({ labels, kinds, values, histograms }): readonly Sample[] => {
    if (kinds[0] === float) return [{ labels, value: values[0] ?? NaN }];
    const held = histograms?.[0];
    return kinds[0] === histogram && held !== undefined ? [{ labels, value: held }] : [];
  });
  return { type: 'vector', timeMs: steps.startMs, samples };
}

/** The samples themselves that a range holds at the time of an instant query. */
function rangeValue(walk: Walk, node: Parameters<typeof rangesOf>[1], steps: Steps): QueryValue {
  const { firstEndMs, rangeMs, leftOpen } = windowsOf(walk, node, steps);
  const within = (timeMs: number): boolean =>
    timeMs <= firstEndMs && (leftOpen ? timeMs > firstEndMs - rangeMs : timeMs >= firstEndMs - rangeMs);
  const series = rangesOf(walk, node, steps).flatMap(({ labels, dropName, samples }) => {
    const places = [...samples.timesMs.keys()].filter(at => within(samples.timesMs[at]!));
    const histogramPlaces = [...samples.histogramTimesMs.keys()].filter(at => within(samples.histogramTimesMs[at]!));
    if (places.length + histogramPlaces.length === 0) return [];
    return [
      {
        labels: dropName ? withoutMetadata(labels) : labels,
        timesMs: Float64Array.from(places, at => samples.timesMs[at]!),
        values: Float64Array.from(places, at => samples.values[at]!),
        histogramTimesMs: Float64Array.from(histogramPlaces, at => samples.histogramTimesMs[at]!),
        histograms: histogramPlaces.map(at => samples.histograms[at]!),
      },
    ];
  });
  walk.guard.hold(series.reduce((total, one) => total + one.timesMs.length + one.histogramTimesMs.length, 0));
  return { type: 'matrix', series: series.toSorted((a, b) => compareLabels(a.labels, b.labels)) };
}

/** The end of delayed name removal, and of the limit on series. */
function finished(walk: Walk, series: readonly StepSeries[]): readonly StepSeries[] {
  const { maxResultSeries, delayedNameRemoval } = walk.evaluation;
  if (series.length > maxResultSeries) {
    throw new QueryError(
      'execution',
      `the result has ${series.length} series, more than the ${maxResultSeries} allowed; aggregate or select fewer`,
    );
  }
  return delayedNameRemoval ? refuseSameLabels(withNamesDropped(series)) : series;
}

/** Columns as series of samples, in the order of their labels. A series without gaps shares the times of all. */
function matrixOf(series: readonly StepSeries[], steps: Steps): readonly RawSeries[] {
  const allTimesMs = timesOf(steps);
  const sorted = series.toSorted((a, b) => compareLabels(a.labels, b.labels));
  return sorted.flatMap(one => {
    const { labels, kinds, values, histograms } = one;
    let floats = 0;
    let others = 0;
    for (let step = 0; step < kinds.length; step++) {
      if (kinds[step] === float) floats++;
      else if (kinds[step] === histogram) others++;
    }
    if (floats + others === 0) return [];
    const times = floats === steps.count ? allTimesMs : new Float64Array(floats);
    const kept = floats === steps.count ? values : new Float64Array(floats);
    if (floats < steps.count) {
      let to = 0;
      for (let step = 0; step < kinds.length; step++) {
        if (kinds[step] !== float) continue;
        times[to] = allTimesMs[step]!;
        kept[to++] = values[step]!;
      }
    }
    const histogramTimesMs = new Float64Array(others);
    const held = [];
    if (others > 0) {
      for (let step = 0; step < kinds.length; step++) {
        const value = histograms?.[step];
        if (kinds[step] !== histogram || value === undefined) continue;
        histogramTimesMs[held.length] = allTimesMs[step]!;
        held.push(value);
      }
    }
    return [{ labels, timesMs: times, values: kept, histogramTimesMs, histograms: held }];
  });
}
