import {
  builtIns,
  interpolatePromql,
  interpolateText,
  readDashboard,
  type Json,
  type VariableQuery,
} from '@bellwether/dashboards';
import { expect, test } from 'vitest';
import { resolveVariables, variableScope, type ResolvedVariables } from './resolve-variables.js';

const hourMs = 3_600_000;

async function resolved(
  list: readonly Json[],
  asked: Record<string, readonly string[]> = {},
  answers: (query: VariableQuery) => readonly string[] = () => [],
): Promise<{ readonly variables: ResolvedVariables; readonly queries: readonly VariableQuery[] }> {
  const queries: VariableQuery[] = [];
  const { variables } = readDashboard({ panels: [], templating: { list } });
  const found = await resolveVariables(variables, {
    ask: async query => {
      queries.push(query);
      return answers(query);
    },
    asked: name => asked[name],
    rangeMs: hourMs,
    builtIn: builtIns({ fromMs: 0, toMs: hourMs, stepMs: 15_000, scrapeMs: 15_000, dashboard: 'D', uid: 'd' }),
  });
  return { variables: found, queries };
}

test('what one variable is stands in the question of the next', async () => {
  const { variables, queries } = await resolved(
    [
      { name: 'pod', type: 'query', query: 'label_values(kube_pod_info{namespace=~"$ns"}, pod)' },
      { name: 'ns', type: 'query', query: 'label_values(kube_pod_info, namespace)', multi: true, includeAll: true },
    ],
    { ns: ['shop', 'billing'] },
    query => (query.ask === 'label-values' && query.label === 'namespace' ? ['billing', 'shop', 'x'] : ['pod-1']),
  );
  expect(queries).toEqual([
    { ask: 'label-values', label: 'namespace', match: 'kube_pod_info' },
    { ask: 'label-values', label: 'pod', match: 'kube_pod_info{namespace=~"(shop|billing)"}' },
  ]);
  expect(variables.get('pod')?.chosen).toEqual([{ text: 'pod-1', value: 'pod-1' }]);
});

test('one that fails keeps what the file has, and says why', async () => {
  const { variables } = await resolved(
    [
      { name: 'a', type: 'query', query: 'label_values(a)', current: { text: 'old', value: 'old' } },
      { name: 'b', type: 'custom', query: 'x,y' },
      { name: 'c', type: 'query', query: 'x', datasource: { type: 'mysql', uid: 'm' } },
    ],
    {},
    () => {
      throw new Error('the engine is busy');
    },
  );
  expect([variables.get('a')?.chosen, variables.get('a')?.fault]).toEqual([
    [{ text: 'old', value: 'old' }],
    'the engine is busy',
  ]);
  expect(variables.get('b')?.chosen).toEqual([{ text: 'x', value: 'x' }]);
  expect(variables.get('c')?.fault).toBe('Its values come from mysql, which is not a source here.');
});

test('All is every option, or what the file says it is; intervals work themselves out', async () => {
  const all = { includeAll: true, multi: true, current: { text: ['All'], value: ['$__all'] } };
  const { variables } = await resolved([
    { name: 'a', type: 'custom', query: 'x,y', ...all },
    { name: 'b', type: 'custom', query: 'x,y', ...all, allValue: '.*' },
    {
      name: 'every',
      type: 'interval',
      query: '1m,5m',
      auto: true,
      auto_count: 60,
      current: { value: '$__auto_interval_every' },
    },
    { name: 'note', type: 'textbox', query: 'hi' },
    { name: 'filters', type: 'adhoc' },
  ]);
  const scope = variableScope(variables, hourMs);
  expect(interpolatePromql('{a=~"$a",b=~"$b"}[$every] $note $filters', scope)).toBe(
    '{a=~"(x|y)",b=~".*"}[1m] hi $filters',
  );
  expect(interpolateText('$a', scope)).toBe('All');
});
