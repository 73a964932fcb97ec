import type { Labels } from '../prometheus-client.js';
import type { RangeAnswers } from './result-query.js';
import { atSteps, seriesKey, statsOf, type FrameSeries } from './series-frame.js';
import { distinct, fillLegend, seriesText, shortNames } from './series-names.js';

/** More lines than this nobody can read, and drawing them takes long; the table says how many there are. */
export const mostSeries = 1000;

/** Everything that the answers of all queries draw, in the order of the queries and of their answers. */
export function frameOf({ stepsMs, now, before, beforeShiftMs }: RangeAnswers): readonly FrameSeries[] {
  const series: FrameSeries[] = [];
  now.forEach(({ query, result }, index) => {
    const answered = result.data?.series ?? [];
    const earlier = new Map((before[index]?.result.data?.series ?? []).map(one => [seriesText(one.labels), one]));
    const names = nameAll(
      query.legend,
      query.expr,
      answered.map(({ labels }) => labels),
    );
    answered.forEach((one, at) => {
      if (series.length >= mostSeries) return;
      const values = atSteps(one, stepsMs);
      const old = earlier.get(seriesText(one.labels));
      series.push({
        key: seriesKey(query.letter, one.labels),
        letter: query.letter,
        name: names[at] ?? '',
        lineName: '',
        labels: one.labels,
        values,
        before: old === undefined ? undefined : atSteps(old, stepsMs, beforeShiftMs),
        stats: statsOf(values),
      });
    });
  });
  const hasLetters = new Set(series.map(({ letter }) => letter)).size > 1;
  const lineNames = distinct(series.map(({ letter, name }) => (hasLetters ? `${letter} ${name}` : name)));
  return series.map((one, index) => ({ ...one, lineName: lineNames[index] ?? one.name }));
}

function nameAll(legend: string, expr: string, labels: readonly Labels[]): readonly string[] {
  const whole = expr.trim().replaceAll(/\s+/g, ' ');
  if (legend !== '') return labels.map(one => fillLegend(legend, one) || whole);
  return shortNames(labels, whole.length > 60 ? `${whole.slice(0, 59)}…` : whole);
}
