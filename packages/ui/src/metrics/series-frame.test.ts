import { expect, test } from 'vitest';
import { atSteps, colourSeries, seriesKey, statsOf, type FrameSeries } from './series-frame.js';

const stepsMs = [0, 1000, 2000, 3000];

test('samples stand at their steps, gaps stay gaps, and what cannot be drawn is one', () => {
  expect(atSteps({ timesMs: [0, 2000, 3000], values: [1, 3, Infinity] }, stepsMs)).toEqual([1, null, 3, null]);
});

test('an earlier period is moved to now', () => {
  expect(atSteps({ timesMs: [-3000, -1000], values: [1, 2] }, stepsMs, 4000)).toEqual([null, 1, null, 2]);
});

test('the legend counts what is there', () => {
  expect(statsOf([null, 4, 2, null])).toEqual({ last: 2, min: 2, avg: 3, max: 4 });
  expect(statsOf([null])).toEqual({ last: null, min: null, avg: null, max: null });
});

function series(name: string, avg: number, letter = 'A'): FrameSeries {
  const labels = { name };
  return {
    key: seriesKey(letter, labels),
    letter,
    name,
    lineName: name,
    labels,
    values: [],
    before: undefined,
    stats: { last: avg, min: avg, avg, max: avg },
  };
}

test('up to eight series have colours; of more only the seven largest', () => {
  const eight = Array.from({ length: 8 }, (_, index) => series(`s${index}`, index));
  expect([...colourSeries(eight).values()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  const nine = [...eight, series('s8', 100)];
  expect([...colourSeries(nine).values()]).toEqual(['prev', 'prev', 1, 2, 3, 4, 5, 6, 7]);
});

test('of several queries each has its share of the colours, whatever their units', () => {
  const bytes = Array.from({ length: 8 }, (_, index) => series(`b${index}`, 1e6 + index));
  const rates = [series('r0', 1, 'B'), series('r1', 2, 'B')];
  const colours = colourSeries([...bytes, ...rates]);
  expect(rates.map(({ key }) => colours.get(key))).toEqual([6, 7]);
  expect([...colours.values()].filter(colour => colour === 'prev')).toHaveLength(3);
});
