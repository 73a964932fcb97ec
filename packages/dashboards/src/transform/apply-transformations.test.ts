import { expect, test } from 'vitest';
import type { JsonObject } from '../json/json.js';
import { column, type Cell, type Frame } from '../frames/frame.js';
import { applyTransformations } from './apply-transformations.js';
import { nameOf } from './transformation.js';

const table = (refId: string, columns: Record<string, readonly Cell[]>): Frame => ({
  refId,
  name: refId,
  fields: Object.entries(columns).map(([name, values]) =>
    column(name, name === 'Time' ? 'time' : typeof values[0] === 'number' ? 'number' : 'string', values),
  ),
});
const series = (name: string, values: readonly Cell[], labels: Record<string, string>): Frame => ({
  refId: 'A',
  name,
  fields: [
    column(
      'Time',
      'time',
      values.map((_, at) => at),
    ),
    { name: 'Value', type: 'number', values, labels: new Map(Object.entries(labels)), legend: name },
  ],
});

const done = (frames: readonly Frame[], ...steps: JsonObject[]): unknown =>
  applyTransformations(frames, steps).frames.map(frame =>
    Object.fromEntries(frame.fields.map(field => [nameOf(field), field.values])),
  );

const a = table('A', { Time: [9, 9], pod: ['x', 'y'], 'Value #A': [1, 2] });
const b = table('B', { Time: [9, 9], pod: ['y', 'z'], 'Value #B': [20, 30] });

test('merge puts rows with the same labels together', () => {
  expect(done([a, b], { id: 'merge', options: {} })).toEqual([
    { Time: [9, 9, 9], pod: ['x', 'y', 'z'], 'Value #A': [1, 2, null], 'Value #B': [null, 20, 30] },
  ]);
});

test('joinByField and its old name put columns side by side', () => {
  const outer = [{ pod: ['x', 'y', 'z'], Time: [9, 9, null], 'Value #A': [1, 2, null], 'Value #B': [null, 20, 30] }];
  const joined = applyTransformations([a, b], [{ id: 'joinByField', options: { byField: 'pod', mode: 'outer' } }])
    .frames[0];
  expect(joined?.fields.map(field => field.name)).toEqual(['pod', 'Time', 'Value #A', 'Time', 'Value #B']);
  expect(joined?.fields[2]?.values).toEqual(outer[0]?.['Value #A']);
  expect(done([a, b], { id: 'joinByField', options: { byField: 'pod', mode: 'inner' } })).toEqual([
    { pod: ['y'], Time: [9], 'Value #A': [2], 'Value #B': [20] },
  ]);
  expect(done([series('one', [1, 2], {}), series('two', [3, 4], {})], { id: 'seriesToColumns', options: {} })).toEqual([
    { Time: [0, 1], one: [1, 2], two: [3, 4] },
  ]);
});

test('organize leaves out, orders and renames', () => {
  expect(
    done([a], {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: { 'Value #A': 0, pod: 1 },
        renameByName: { 'Value #A': 'CPU' },
      },
    }),
  ).toEqual([{ CPU: [1, 2], pod: ['x', 'y'] }]);
});

test('filters by name, by value, by query', () => {
  expect(
    done([a], { id: 'filterFieldsByName', options: { include: { names: ['pod'], pattern: '/Value.*/' } } }),
  ).toEqual([{ pod: ['x', 'y'], 'Value #A': [1, 2] }]);
  const above = {
    id: 'filterByValue',
    options: {
      type: 'include',
      match: 'any',
      filters: [{ fieldName: 'Value #A', config: { id: 'greater', options: { value: 1 } } }],
    },
  };
  expect(done([a], above)).toEqual([{ Time: [9], pod: ['y'], 'Value #A': [2] }]);
  expect(applyTransformations([a, b], [{ id: 'filterByRefId', options: { include: 'B' } }]).frames).toEqual([b]);
});

test('reduce makes a row per series, groupBy a row per group', () => {
  expect(
    done([series('s', [1, 3], { job: 'j' })], {
      id: 'reduce',
      options: { reducers: ['max', 'mean'], labelsToFields: true },
    }),
  ).toEqual([{ Field: ['s'], job: ['j'], Max: [3], Mean: [2] }]);
  const wide = table('A', { ns: ['p', 'q', 'p'], v: [1, 2, 3] });
  expect(
    done([wide], {
      id: 'groupBy',
      options: {
        fields: { ns: { operation: 'groupby' }, v: { operation: 'aggregate', aggregations: ['sum', 'count'] } },
      },
    }),
  ).toEqual([{ ns: ['p', 'q'], 'v (sum)': [4, 2], 'v (count)': [2, 1] }]);
});

test('sorts, limits, renames, calculates', () => {
  expect(
    done(
      [a],
      { id: 'sortBy', options: { sort: [{ field: 'Value #A', desc: true }] } },
      { id: 'limit', options: { limitField: 1 } },
    ),
  ).toEqual([{ Time: [9], pod: ['y'], 'Value #A': [2] }]);
  expect(done([a], { id: 'renameByRegex', options: { regex: 'Value #(.*)', renamePattern: 'Query $1' } })).toEqual([
    { Time: [9, 9], pod: ['x', 'y'], 'Query A': [1, 2] },
  ]);
  const two = table('A', { used: [1, 4], total: [2, 0] });
  expect(
    done([two], {
      id: 'calculateField',
      options: { mode: 'binary', alias: 'share', binary: { left: 'used', operator: '/', right: 'total' } },
    }),
  ).toEqual([{ used: [1, 4], total: [2, 0], share: [0.5, Infinity] }]);
  expect(
    done([two], {
      id: 'calculateField',
      options: { mode: 'reduceRow', reduce: { reducer: 'sum' }, replaceFields: true },
    }),
  ).toEqual([{ Total: [3, 4] }]);
});

test('labels become columns, series become rows', () => {
  expect(
    done([series('one', [1], { job: 'a' }), series('two', [2], { job: 'b' })], { id: 'labelsToFields', options: {} }),
  ).toEqual([{ Time: [0, 0], job: ['a', 'b'], Value: [1, 2] }]);
  expect(done([series('one', [1], {}), series('two', [2], {})], { id: 'seriesToRows', options: {} })).toEqual([
    { Time: [0, 0], Metric: ['one', 'two'], Value: [1, 2] },
  ]);
});

test('types are converted; what can not be is missing', () => {
  const texts = table('A', { size: ['12', 'x', ''], at: ['1970-01-01T00:00:01Z', 'never', ''] });
  const conversions = [
    { targetField: 'size', destinationType: 'number' },
    { targetField: 'at', destinationType: 'time' },
  ];
  expect(done([texts], { id: 'convertFieldType', options: { conversions } })).toEqual([
    { size: [12, null, null], at: [1000, null, null] },
  ]);
  expect(
    done([series('one', [1], {}), series('two', [2], {})], { id: 'prepareTimeSeries', options: { format: 'wide' } }),
  ).toEqual([{ Time: [0], one: [1], two: [2] }]);
});

test('with a transformation that is not known nothing is changed, and it is said', () => {
  const { frames, note } = applyTransformations(
    [a],
    [
      { id: 'limit', options: { limitField: 1 } },
      { id: 'regression', options: {} },
    ],
  );
  expect(frames).toEqual([a]);
  expect(note).toBe(
    'The transformation "regression" is not known here, so the queries\' results are shown without transformations.',
  );
});

test('three columns become a matrix; what is missing in it is empty, or what the panel says', () => {
  const table: Frame = {
    refId: 'A',
    name: 'A',
    fields: [
      column('shard', 'string', ['s1', 's2', 's1']),
      column('db', 'string', ['a', 'a', 'b']),
      column('Value', 'number', [1, 2, 3]),
    ],
  };
  const options = { columnField: 'shard', rowField: 'db', valueField: 'Value' };
  const fieldsOf = (more: JsonObject) =>
    applyTransformations([table], [{ id: 'groupingToMatrix', options: { ...options, ...more } }]).frames[0]?.fields.map(
      ({ name, values }) => [name, ...values],
    );
  expect(fieldsOf({})).toEqual([
    ['db\\shard', 'a', 'b'],
    ['s1', 1, 3],
    ['s2', 2, ''],
  ]);
  expect(fieldsOf({ emptyValue: 'zero' })?.[2]).toEqual(['s2', 2, 0]);
  expect(fieldsOf({ rowField: 'gone' })?.length).toBe(3);
});

test('what is written inside of texts becomes columns: JSON, or pairs', () => {
  const table: Frame = {
    refId: 'A',
    name: 'A',
    fields: [column('line', 'string', ['{"user":"a","n":2}', 'user=b n="3"', 'nothing'])],
  };
  const fieldsOf = (options: JsonObject) =>
    applyTransformations(
      [table],
      [{ id: 'extractFields', options: { source: 'line', ...options } }],
    ).frames[0]?.fields.map(({ name, values }) => [name, ...values]);
  expect(fieldsOf({ replace: true })).toEqual([
    ['user', 'a', 'b', null],
    ['n', 2, '3', null],
  ]);
  expect(fieldsOf({ format: 'json' })?.[1]).toEqual(['user', 'a', null, null]);
});
