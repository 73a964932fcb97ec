import { expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { column, type Frame } from '../frames/frame.js';
import { showFields, showValue, thresholdColour, valueText } from './field-config.js';
import { readColour, statusColour } from './colour.js';
import { reduceBy } from './reduce.js';
import { reducedValues } from './reduce-options.js';

const series = (
  name: string,
  values: readonly (number | null)[],
  refId = 'A',
  labels: Record<string, string> = {},
): Frame => ({
  refId,
  name,
  fields: [
    column(
      'Time',
      'time',
      values.map((_, at) => at * 1000),
    ),
    { name: 'Value', type: 'number', values, labels: new Map(Object.entries(labels)), legend: name },
  ],
});

test('overrides change what they fit, the later over the earlier', () => {
  const config: JsonObject = {
    defaults: { unit: 'short', custom: { lineWidth: 1 } },
    overrides: [
      {
        matcher: { id: 'byRegexp', options: '/^cpu/' },
        properties: [
          { id: 'unit', value: 'percent' },
          { id: 'custom.lineWidth', value: 3 },
        ],
      },
      {
        matcher: { id: 'byName', options: 'cpu 1' },
        properties: [
          { id: 'displayName', value: 'Core ${__field.labels.core}' },
          { id: 'color', value: { mode: 'fixed', fixedColor: '#123456' } },
        ],
      },
      { matcher: { id: 'byFrameRefID', options: 'B' }, properties: [{ id: 'unit', value: 'bytes' }] },
      { matcher: { id: 'byWhatever', options: 'x' }, properties: [{ id: 'unit', value: 'nothing' }] },
    ],
  };
  const shown = showFields(
    [series('cpu 1', [1], 'A', { core: '1' }), series('cpu 2', [2]), series('mem', [3], 'B')],
    config,
  );
  expect(shown.map(one => [one.name, one.config.unit, one.config.custom['lineWidth'], one.colour])).toEqual([
    ['Core 1', 'percent', 3, { css: '#123456' }],
    ['cpu 2', 'percent', 3, { slot: 2 }],
    ['mem', 'bytes', 1, { slot: 3 }],
  ]);
});

test('thresholds colour by the value, also in percent of the span', () => {
  const [one] = showFields([series('x', [1])], {
    defaults: {
      min: 0,
      max: 200,
      thresholds: {
        mode: 'percentage',
        steps: [
          { color: 'green', value: null },
          { color: 'orange', value: 50 },
          { color: 'dark-red', value: 90 },
        ],
      },
    },
  });
  const config = one?.config;
  if (config === undefined) throw new Error('it has no field');
  expect([99, 100, 180].map(value => thresholdColour(value, config))).toEqual([
    { token: 'ok' },
    { token: 'warn' },
    { token: 'crit' },
  ]);
});

test('values are mapped by value, range, expression and what is missing', () => {
  const [one] = showFields([series('x', [1])], {
    defaults: {
      unit: 's',
      noValue: 'none',
      mappings: [
        { type: 'value', options: { 0: { text: 'Down', color: 'red' }, 1: { text: 'Up', color: 'green' } } },
        { type: 'range', options: { from: 10, to: 20, result: { text: 'Ten to twenty' } } },
        { type: 'special', options: { match: 'null+nan', result: { text: 'Nothing' } } },
        { type: 'regex', options: { pattern: 'v(\\d+).*', result: { text: 'Version $1' } } },
      ],
    },
  });
  const config = one?.config;
  if (config === undefined) throw new Error('it has no field');
  expect([0, 1, 15, null, 2, 'v12.3'].map(value => valueText(showValue(value, config)))).toEqual([
    'Down',
    'Up',
    'Ten to twenty',
    'Nothing',
    '2 s',
    'Version 12',
  ]);
  expect(showValue(0, config).colour).toEqual({ token: 'crit' });
});

test('colours are read as colours and nothing else; those of thresholds become a status', () => {
  expect([
    readColour('dark-blue'),
    readColour('#1F60C4'),
    readColour('rgba(1, 2, 3, 0.5)'),
    readColour('url(x)'),
    readColour('red;x'),
    readColour('transparent'),
  ]).toEqual([{ slot: 1 }, { css: '#1F60C4' }, { css: 'rgba(1, 2, 3, 0.5)' }, undefined, undefined, undefined]);
  expect(['#299c46', 'rgba(237, 129, 40, 0.89)', '#d44a3a', '#808080'].map(statusColour)).toEqual([
    { token: 'ok' },
    { token: 'warn' },
    { token: 'crit' },
    { token: 'text-2' },
  ]);
});

test('values are reduced by the calculations of the panel', () => {
  const values = [1, null, 4, 2, null];
  expect(
    [
      'lastNotNull',
      'last',
      'mean',
      'max',
      'min',
      'sum',
      'range',
      'delta',
      'count',
      'firstNotNull',
      'diff',
      'p50',
      'unheard',
    ].map(id => reduceBy(id, values)),
  ).toEqual([2, null, 7 / 3, 4, 1, 7, 3, 5, 5, 1, 1, 2, 2]);
  const frames = [series('a', [1, 2]), series('b', [3, 4])];
  expect(
    reducedValues(frames, {}, { reduceOptions: { calcs: ['mean'] } }).map(({ name, value }) => [name, value]),
  ).toEqual([
    ['a', 1.5],
    ['b', 3.5],
  ]);
  const table: Frame = {
    refId: 'A',
    name: 't',
    fields: [column('pod', 'string', ['x', 'y']), column('Value', 'number', [5, 6])],
  };
  expect(
    reducedValues([table], {}, { reduceOptions: { values: true } }).map(({ name, value }) => [name, value]),
  ).toEqual([
    ['x', 5],
    ['y', 6],
  ]);
});
