import fc from 'fast-check';
import { parseExpr } from '@bellwether/promql';
import { expect, test } from 'vitest';
import {
  NotBuildable,
  numberOps,
  rangeFunctions,
  readBuilder,
  vectorFunctions,
  writeBuilder,
  type BuilderQuery,
  type Operation,
} from './builder-query.js';

const read = (text: string): BuilderQuery | NotBuildable => readBuilder(parseExpr(text));

test('a usual query falls apart into its fields', () => {
  expect(
    read('histogram_quantile(0.95, sum by (le, route) (rate(http_seconds_bucket{job="api", code!~"5.."}[5m])))'),
  ).toEqual({
    metric: 'http_seconds_bucket',
    filters: [
      { label: 'job', op: '=', value: 'api' },
      { label: 'code', op: '!~', value: '5..' },
    ],
    operations: [
      { kind: 'range', func: 'rate', rangeMs: 300_000 },
      { kind: 'aggregate', op: 'sum', labels: ['le', 'route'], without: false, param: undefined },
      { kind: 'quantile', quantile: 0.95 },
    ],
  });
});

test('a metric whose name is no identifier stays what it is', () => {
  const query = read('topk(3, {"http.server.duration", "http.route"="/"}) * 100');
  expect(query).toMatchObject({ metric: 'http.server.duration', filters: [{ label: 'http.route', value: '/' }] });
  expect(query instanceof NotBuildable ? '' : writeBuilder(query)).toBe(
    'topk(3, {"http.server.duration", "http.route"="/"}) * 100',
  );
});

test.each([
  ['a / b', 'two expressions joined by /'],
  ['up offset 5m', 'an offset'],
  ['up @ end()', 'a fixed time (@)'],
  ['max_over_time(rate(x[1m])[5m:])', 'a subquery'],
  ['-up', 'a sign before an expression'],
  ['{__name__=~"up|down"}', 'a pattern for the metric’s name'],
  ['label_replace(up, "a", "$1", "b", "(.*)")', 'the arguments of label_replace'],
  ['1', 'a number alone'],
  ['up > bool 1', 'the word "bool"'],
])('%s does not fit, and the builder says why', (text, reason) => {
  const found = read(text);
  expect(found instanceof NotBuildable ? found.message : found).toBe(reason);
});

const label = fc.constantFrom('job', 'le', 'http.route', 'a b', 'by');
const number = fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constantFrom(0.5, 0.95, 0.999));
const rangeStep: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constant('range' as const),
  func: fc.constantFrom(...rangeFunctions),
  rangeMs: fc.integer({ min: 1, max: 10 * 86_400_000 }),
});
const vectorStep: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({
      kind: fc.constant('aggregate' as const),
      op: fc.constantFrom('sum' as const, 'count' as const, 'topk' as const, 'quantile' as const),
      labels: fc.uniqueArray(label, { maxLength: 3 }),
      without: fc.boolean(),
      param: number,
    })
    .map(one => ({ ...one, param: one.op === 'topk' || one.op === 'quantile' ? one.param : undefined })),
  fc.record({ kind: fc.constant('quantile' as const), quantile: number }),
  fc.record({ kind: fc.constant('call' as const), func: fc.constantFrom(...vectorFunctions) }),
  fc.record({ kind: fc.constant('number' as const), op: fc.constantFrom(...numberOps), value: number }),
);
const query: fc.Arbitrary<BuilderQuery> = fc.record({
  metric: fc.constantFrom('up', 'http_requests_total', 'http.server.duration', 'a "quoted" name'),
  filters: fc.array(fc.record({ label, op: fc.constantFrom('=' as const, '!=' as const), value: fc.string() }), {
    maxLength: 3,
  }),
  operations: fc
    .tuple(fc.option(rangeStep, { nil: undefined }), fc.array(vectorStep, { maxLength: 4 }))
    .map(([first, rest]) => (first === undefined ? rest : [first, ...rest])),
});

test('what the builder writes, it reads', () => {
  fc.assert(
    fc.property(query, given => {
      expect(readBuilder(parseExpr(writeBuilder(given)))).toEqual(given);
    }),
  );
});
