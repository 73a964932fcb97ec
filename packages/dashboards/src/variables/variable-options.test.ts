import { expect, test } from 'vitest';
import { readVariableQuery } from './variable-query.js';
import { chosenValues, customOptions, optionsOf } from './variable-options.js';
import { readVariables, type Variable } from './variable.js';
import { variableWaves } from './variable-order.js';

const variable = (raw: Record<string, unknown>): Variable => {
  const [read] = readVariables({ templating: { list: [{ name: 'v', type: 'query', ...raw } as never] } }, new Map());
  if (read === undefined) throw new Error('it has no variable');
  return read;
};

test.each([
  ['label_values(up, job)', { ask: 'label-values', label: 'job', match: 'up' }],
  ['label_values(instance)', { ask: 'label-values', label: 'instance', match: '' }],
  [
    'label_values(up{job="a", env=~"x,y"}, instance)',
    { ask: 'label-values', label: 'instance', match: 'up{job="a", env=~"x,y"}' },
  ],
  ['label_names()', { ask: 'label-names', match: '' }],
  ['metrics(node_.*)', { ask: 'metrics', pattern: 'node_.*' }],
  ['query_result(topk(3, up))', { ask: 'query-result', expr: 'topk(3, up)' }],
  ['up{job="a"}', { ask: 'series', match: 'up{job="a"}' }],
  ['', undefined],
])('%s', (text, expected) => {
  expect(readVariableQuery(text)).toEqual(expected);
});

test('a regex filters and cuts; named groups give text and value; the sort is natural where asked', () => {
  const values = ['node-10 (eu)', 'node-9 (eu)', 'db-1', 'node-10 (eu)'];
  expect(optionsOf(values, { regex: '/node-(\\d+)/', sort: 3 })).toEqual([
    { text: '9', value: '9' },
    { text: '10', value: '10' },
  ]);
  expect(optionsOf(values, { regex: '/(?<value>node-\\d+) \\((?<text>\\w+)\\)/', sort: 0 })).toEqual([
    { text: 'eu', value: 'node-10' },
    { text: 'eu', value: 'node-9' },
  ]);
  expect(optionsOf(values, { regex: '', sort: 7 }).map(({ value }) => value)).toEqual([
    'db-1',
    'node-9 (eu)',
    'node-10 (eu)',
  ]);
});

test('an expression that would run for ever ends at once', () => {
  const before = process.cpuUsage();
  optionsOf(['a'.repeat(5000)], { regex: '/^(a+)+$b/', sort: 0 });
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});

test('custom values may have commas and names', () => {
  expect(customOptions('1m,5m , Prod : prod-eu,a\\,b')).toEqual([
    { text: '1m', value: '1m' },
    { text: '5m', value: '5m' },
    { text: 'Prod', value: 'prod-eu' },
    { text: 'a,b', value: 'a,b' },
  ]);
});

test('what the address says comes first, then the file, then all or the first', () => {
  const options = [
    { text: 'a', value: 'a' },
    { text: 'b', value: 'b' },
  ];
  const plain = variable({ current: { value: 'b', text: 'b' } });
  expect(chosenValues(plain, undefined, options)).toEqual(['b']);
  expect(chosenValues(plain, ['a'], options)).toEqual(['a']);
  expect(chosenValues(plain, ['gone'], options)).toEqual(['gone']);
  expect(chosenValues(variable({ current: { value: 'gone' } }), undefined, options)).toEqual(['a']);
  const multi = variable({ multi: true, includeAll: true, current: { value: ['$__all'], text: ['All'] } });
  expect(chosenValues(multi, undefined, options)).toEqual(['$__all']);
  expect(chosenValues(multi, ['All'], options)).toEqual(['$__all']);
  expect(chosenValues(multi, ['b', 'a'], options)).toEqual(['b', 'a']);
  expect(chosenValues(variable({ type: 'textbox', query: 'x' }), undefined, [])).toEqual(['x']);
});

test('queries are read from every form that Grafana has written them in', () => {
  expect(variable({ query: 'label_values(up, job)' }).query).toBe('label_values(up, job)');
  expect(variable({ query: { query: 'label_values(up, job)', refId: 'x' } }).query).toBe('label_values(up, job)');
  expect(variable({ query: { qryType: 1, metric: 'up', label: 'job' } }).query).toBe('label_values(up, job)');
  expect(variable({ definition: 'label_values(job)' }).query).toBe('label_values(job)');
});

const list = (entries: Record<string, string>): readonly Variable[] =>
  readVariables(
    { templating: { list: Object.entries(entries).map(([name, query]) => ({ name, query, type: 'query' })) } },
    new Map(),
  );

const names = (variables: readonly Variable[]): string[][] =>
  variableWaves(variables).map(wave => wave.map(({ name }) => name));

test('variables are worked out after those they refer to; a circle does not hang', () => {
  expect(
    names(
      list({
        pod: 'label_values(x{ns="$ns",node="$node"}, pod)',
        ns: 'label_values(ns)',
        node: 'label_values(x{ns="$ns"}, node)',
      }),
    ),
  ).toEqual([['ns'], ['node'], ['pod']]);
  expect(names(list({ a: '$b', b: '$a', c: 'x' }))).toEqual([['c'], ['a', 'b']]);
});
