import { expect, test } from 'vitest';
import { noShared } from './scope.js';
import { continueTrace, isTraceParent, traceParent } from './trace-parent.js';

const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

test.each([
  [good, true],
  ['01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later', true],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later', false],
  ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', false],
  ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', false],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', false],
  ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', false],
  ['nonsense', false],
  ['', false],
])('[B4] traceparent %j is usable: %s', (header, usable) => {
  expect(isTraceParent(header)).toBe(usable);
});

test('a span that continues a trace keeps its id and flag, and gets an id of its own', () => {
  const scope = continueTrace(good, 'vendor=1', noShared(), undefined);
  expect(scope.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  expect(scope.spanId).not.toBe('00f067aa0ba902b7');
  expect(scope.traceState).toBe('vendor=1');
  expect(traceParent(scope, 0x00f067aa, 0x0ba902b7)).toBe(good);
});

test('what the caller did not sample is not sampled here', () => {
  const scope = continueTrace(`${good.slice(0, -1)}0`, '', noShared(), undefined);
  expect([scope.sampled, traceParent(scope, 1, 2)]).toEqual([
    false,
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000100000002-00',
  ]);
});
