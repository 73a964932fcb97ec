import { column, type Frame } from '@bellwether/dashboards';
import { expect, test } from 'vitest';
import { crossGaps, seriesModel, stackedValues } from './series-model.js';

const series = (name: string, times: readonly number[], values: readonly (number | null)[]): Frame => ({
  refId: 'A',
  name,
  fields: [column('Time', 'time', times), { name: 'Value', type: 'number', values, labels: new Map(), legend: name }],
});

const custom = (more: Record<string, unknown>): never => ({ defaults: { custom: more } }) as never;

test('series with other moments stand on one axis, with holes', () => {
  const {
    timesMs,
    stepMs,
    series: drawn,
  } = seriesModel([series('a', [0, 20], [1, 2]), series('b', [10, 20], [3, Infinity])], {});
  expect([timesMs, stepMs]).toEqual([[0, 10, 20], 10]);
  expect(drawn.map(({ values }) => values)).toEqual([
    [1, null, 2],
    [null, 3, null],
  ]);
});

test('stacks add up within their group, upwards and downwards apart; percent is of the sum', () => {
  const frames = [series('a', [0], [1]), series('b', [0], [3]), series('c', [0], [-2])];
  const normal = seriesModel(frames, custom({ stacking: { mode: 'normal', group: 'A' } }));
  expect(stackedValues(normal.series)).toEqual([[1], [4], [-2]]);
  const percent = seriesModel(frames.slice(0, 2), custom({ stacking: { mode: 'percent', group: 'A' } }));
  expect(stackedValues(percent.series)).toEqual([[0.25], [1]]);
});

test('what is transformed to negative is drawn below the axis', () => {
  const { series: drawn } = seriesModel([series('tx', [0], [5])], custom({ transform: 'negative-Y' }));
  expect(drawn[0]?.values).toEqual([-5]);
});

test('gaps are crossed as far as the panel says', () => {
  const values = [1, null, 2, null, null, 3];
  const times = [0, 10, 20, 30, 40, 50];
  expect(crossGaps(values, times, 0)).toEqual(values);
  expect(crossGaps(values, times, 20)).toEqual([1, undefined, 2, null, null, 3]);
  expect(crossGaps(values, times, Infinity)).toEqual([1, undefined, 2, undefined, undefined, 3]);
});
