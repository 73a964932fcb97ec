import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeNs } from './sentry-time.js';

test.each([
  ['1795234935.6889026', 1795234935688902600n],
  ['1795234935.688902612345', 1795234935688902612n],
  [1795234935.745, 1795234935745000000n],
  [1795234935, 1795234935000000000n],
  ['1.795234935e9', 1795234935000000000n],
  ['2026-11-21T04:22:15.745Z', 1795234935745000000n],
  ['2026-11-21T04:22:15.688902612Z', 1795234935688902612n],
  ['2026-11-21T04:22:15', 1795234935000000000n],
  ['2026-11-21 06:22:15.5+02:00', 1795234935500000000n],
  ['2026-11-21T02:22:15-0200', 1795234935000000000n],
])('%j is %d ns', (text, ns) => {
  expect(timeNs(text)).toBe(ns);
});

test.each([null, undefined, true, '', 'soon', '-5', -5, 0, 1e40, '99999999999999', '2026-13-40T00:00:00Z', '1e99'])(
  '%j is no time',
  text => {
    expect(timeNs(text)).toBeUndefined();
  },
);

test('microseconds survive, whichever they are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4_000_000_000 }), fc.nat(999_999), (seconds, micros) => {
      const text = `${seconds}.${String(micros).padStart(6, '0')}`;
      expect(timeNs(text)).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(micros) * 1000n);
    }),
  );
});
