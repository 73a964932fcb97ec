import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thresholdWeight } from './threshold-weight.js';

function weight(traceState: string): number {
  const body = Buffer.from(`before${traceState}after,ot=th:8`);
  return thresholdWeight(body, 6, Buffer.byteLength(traceState));
}

test('[B5] a span says how many it stands for, among the entries of others', () => {
  expect([weight('ot=th:0'), weight('ot=th:8'), weight('ot=th:c'), weight('a=1, ot=rv:0123;th:8,b=2')]).toEqual([
    1, 2, 4, 2,
  ]);
  expect(weight('ot=th:e6666')).toBeCloseTo(10, 3);
});

test('what says nothing, or nothing that can be read, stands for itself', () => {
  expect(['', 'a=1', 'not=th:8', 'ot=th:', 'ot=th:x', 'ot=rv:8', 'ot=xth:8'].map(weight)).toEqual([
    1, 1, 1, 1, 1, 1, 1,
  ]);
});

test('any bytes give a weight of at least one, and none that is not finite', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, prefixed) => {
      const body = prefixed ? Buffer.concat([Buffer.from('ot=th:'), bytes]) : bytes;
      const found = thresholdWeight(body, 0, body.length);
      expect(found).toBeGreaterThanOrEqual(1);
      expect(found).toBeLessThan(Infinity);
    }),
  );
});
