import type { AnswerSeries, Labels } from '../prometheus-client.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { seriesText } from './series-names.js';

/** One line of the result: its values at the steps of the page, and what the legend says about them. */
export type FrameSeries = {
  /** `A up{job="x"}`: which query, which series. It stands in the URL when the series is isolated. */
  readonly key: string;
  readonly letter: string;
  readonly name: string;
  /** The name that no other line of the chart has: of several queries it says which. */
  readonly lineName: string;
  readonly labels: Labels;
  /** One per step; null where there is no sample, or one that cannot be drawn. */
  readonly values: readonly (number | null)[];
  /** The earlier period, when the page compares. */
  readonly before: readonly (number | null)[] | undefined;
  readonly stats: SeriesStats;
};

export type SeriesStats = {
  readonly last: number | null;
  readonly min: number | null;
  readonly avg: number | null;
  readonly max: number | null;
};

/** The samples of a series at the given steps; `shiftMs` moves an earlier period to now. */
export function atSteps(
  { timesMs, values }: Pick<AnswerSeries, 'timesMs' | 'values'>,
  stepsMs: readonly number[],
  shiftMs = 0,
): (number | null)[] {
  const out = stepsMs.map((): number | null => null);
  const firstMs = stepsMs[0] ?? 0;
  const stepMs = (stepsMs[1] ?? firstMs + 1) - firstMs;
  for (let index = 0; index < timesMs.length; index += 1) {
    const at = Math.round((timesMs[index]! + shiftMs - firstMs) / stepMs);
    const value = values[index]!;
    // A line cannot go through NaN or infinity: a gap.
    if (at >= 0 && at < out.length && Number.isFinite(value)) out[at] = value;
  }
  return out;
}

export function statsOf(values: readonly (number | null)[]): SeriesStats {
  let last: number | null = null;
  let min: number | null = null;
  let max: number | null = null;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    last = value;
    if (min === null || value < min) min = value;
    if (max === null || value > max) max = value;
    sum += value;
    count += 1;
  }
  return { last, min, avg: count === 0 ? null : sum / count, max };
}

export function seriesKey(letter: string, labels: Labels): string {
  return `${letter} ${seriesText(labels)}`;
}

/** More colours than this nobody tells apart. */
const colours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * Which series have a colour: all of up to eight, else the seven largest by their mean, of several queries in turn
 * (their units may differ); the rest is grey. The order of the answer decides which colour, so that a refresh does not
 * shuffle them.
 */
export function colourSeries(series: readonly FrameSeries[]): ReadonlyMap<string, SeriesColour> {
  const most = series.length <= colours.length ? colours.length : colours.length - 1;
  const coloured = new Set(largestFirst(series).slice(0, most));
  const found = new Map<string, SeriesColour>();
  let next = 0;
  for (const { key } of series) {
    found.set(key, coloured.has(key) ? (colours[next] ?? 'prev') : 'prev');
    if (coloured.has(key)) next += 1;
  }
  return found;
}

/** The keys of the series: the largest of each query, then the second of each, and so on. */
function largestFirst(series: readonly FrameSeries[]): readonly string[] {
  const placeIn = new Map<string, number>();
  return series
    .toSorted((a, b) => Math.abs(b.stats.avg ?? 0) - Math.abs(a.stats.avg ?? 0))
    .map(({ key, letter }) => {
      const place = placeIn.get(letter) ?? 0;
      placeIn.set(letter, place + 1);
      return { key, place };
    })
    .toSorted((a, b) => a.place - b.place)
    .map(({ key }) => key);
}
