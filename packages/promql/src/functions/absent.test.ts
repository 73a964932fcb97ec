import { expect, test } from 'vitest';
import type { VectorSelector } from '../parse/ast.js';
import type { Matcher } from '../value/matcher.js';
import { absent, absentOverTime } from './absent.js';
import { called, series, shown, vectorOf } from './vector-call.test-support.js';

const place = { start: 0, end: 0 };

function selector(...matchers: readonly (readonly [string, Matcher['op'], string])[]): VectorSelector {
  return {
    ...place,
    kind: 'vectorSelector',
    name: 'up',
    matchers: [...matchers, ['__name__', '=', 'up'] as const].map(([name, op, value]) => ({ name, op, value })),
    offsetMs: 0,
    offsetExpr: undefined,
    at: undefined,
  };
}

test('what is missing has the labels that were demanded exactly, and once', () => {
  const expr = selector(
    ['job', '=', 'db'],
    ['zone', '=~', 'a|b'],
    ['host', '=', '1'],
    ['host', '=', '2'],
    ['x', '=', ''],
  );
  expect(shown(called(absent, [vectorOf()], { exprs: [expr] }))).toEqual([[{ job: 'db' }, 1]]);
  expect(shown(called(absent, [vectorOf()], { exprs: [{ ...place, kind: 'paren', expr }] }))).toEqual([
    [{ job: 'db' }, 1],
  ]);
});

test('steps where any series has a sample are not missing', () => {
  const some = vectorOf(series({ a: '1' }, 5, undefined, undefined), series({ a: '2' }, undefined, NaN, undefined));
  expect(shown(called(absent, [some], { count: 3 }))).toEqual([[{}, undefined, undefined, 1]]);
  expect(shown(called(absent, [vectorOf(series({}, 0))]))).toEqual([]);
});

test('over time it is the same of whole ranges', () => {
  const expr = {
    ...place,
    kind: 'matrixSelector',
    vector: selector(['job', '=', 'db']),
    rangeMs: 1,
    rangeExpr: undefined,
  } as const;
  const present = [series({}, 1, undefined)];
  const result = absentOverTime.finish?.(present, { startMs: 0, stepMs: 1, count: 2 }, [expr]) ?? [];
  expect(shown(vectorOf(...result))).toEqual([[{ job: 'db' }, undefined, 1]]);
});
