import { insideParens } from '../parse/walk.js';
import { compareLabels, withoutMetadata } from '../value/labels.js';
import { QueryError } from '../value/query-error.js';
import { float, histogram, type RawSeries, type StepSeries, type Steps } from '../value/series.js';
import { timesOf } from './grid.js';
import type { QueryValue, Sample } from './result.js';
import { refuseSameLabels, withNamesDropped } from './same-labels.js';
import { evaluateAt, rangesOf, scalarSeries, windowsOf, type Walk } from './walk.js';

/** What the whole query comes to. */
export function valueOf(walk: Walk, steps: Steps): QueryValue {
  const { expr } = walk.plan;
  const range = insideParens(expr);
  if (range.kind === 'matrixSelector' || range.kind === 'subquery') return rangeValue(walk, range, steps);
  const value = evaluateAt(walk, expr, steps);
  if (value.type === 'string') return { type: 'string', timeMs: steps.startMs, value: value.value };
  if (steps.stepMs !== 0) {
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
