import { labelsKey, withoutMetadata } from '../value/labels.js';
import { QueryError } from '../value/query-error.js';
import { absent, type StepSeries } from '../value/series.js';

/** Why two series may not have the same labels. */
export function sameLabels(): QueryError {
  return new QueryError('execution', 'vector cannot contain metrics with the same labelset');
}

/** Refuses two series of the same labels, even where they have no sample at the same step. */
export function refuseSameLabels(series: readonly StepSeries[]): readonly StepSeries[] {
  if (series.length < 2) return series;
  const keys = new Set<string>();
  for (const { labels } of series) keys.add(labelsKey(labels));
  if (keys.size < series.length) throw sameLabels();
  return series;
}

/** Makes one series of those with the same labels; refuses them where two have a sample at the same step. */
export function mergeSameLabels(series: readonly StepSeries[]): readonly StepSeries[] {
  if (series.length < 2) return series;
  const byLabels = new Map<string, StepSeries[]>();
  for (const one of series) {
    const key = labelsKey(one.labels);
    const same = byLabels.get(key);
    if (same === undefined) byLabels.set(key, [one]);
    else same.push(one);
  }
  if (byLabels.size === series.length) return series;
  return Array.from(byLabels.values(), merged);
}

function merged(same: readonly StepSeries[]): StepSeries {
  const [first] = same;
  if (first === undefined) throw new Error('no series to merge');
  if (same.length === 1) return first;
  const kinds = first.kinds.slice();
  const values = first.values.slice();
  const histograms = same.some(one => one.histograms !== undefined)
    ? Array.from(kinds, (_, step) => first.histograms?.[step])
    : undefined;
  for (let at = 1; at < same.length; at++) {
    const other = same[at]!;
    for (let step = 0; step < kinds.length; step++) {
      const kind = other.kinds[step]!;
      if (kind === absent) continue;
      if (kinds[step] !== absent) throw sameLabels();
      kinds[step] = kind;
      values[step] = other.values[step]!;
      if (histograms !== undefined) histograms[step] = other.histograms?.[step];
    }
  }
  return { labels: first.labels, kinds, values, histograms, dropName: first.dropName };
}

/** Series that say so without their name. */
export function withNamesDropped(series: readonly StepSeries[]): readonly StepSeries[] {
  if (!series.some(one => one.dropName)) return series;
  return series.map(one => (one.dropName ? { ...one, labels: withoutMetadata(one.labels), dropName: false } : one));
}
