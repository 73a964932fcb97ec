import { expect, test } from 'vitest';
import { pi, scalar, time, vector } from './scalars.js';
import { called, series, shown, vectorOf } from './vector-call.test-support.js';

test('a vector of one series is a scalar; none and several are NaN', () => {
  const arg = vectorOf(series({ a: '1' }, 4, 5, undefined), series({ a: '2' }, undefined, 6, undefined));
  expect(called(scalar, [arg], { count: 3 })).toEqual({ type: 'scalar', values: Float64Array.of(4, NaN, NaN) });
  const three = vectorOf(...[1, 2, 3].map(value => series({ a: String(value) }, value)));
  expect(called(scalar, [three])).toEqual({ type: 'scalar', values: Float64Array.of(NaN) });
});

test('a scalar is a vector of one series without labels', () => {
  const result = called(vector, [{ type: 'scalar', values: Float64Array.of(1, 2) }], { count: 2 });
  expect(shown(result)).toEqual([[{}, 1, 2]]);
});

test('time is that of each step in seconds', () => {
  expect(called(time, [], { startMs: 1500, count: 2 })).toEqual({ type: 'scalar', values: Float64Array.of(1.5, 61.5) });
  expect(called(pi, [])).toEqual({ type: 'scalar', values: Float64Array.of(Math.PI) });
});
