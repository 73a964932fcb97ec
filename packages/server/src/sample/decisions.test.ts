import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeDecisions, encodeDecisions } from './decisions.js';
import { traceShare } from './trace-hash.js';

const weight = fc.constantFrom(0, 1, 10, Math.fround(1 / 0.3));

test('what was decided is read again as it was written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.nat().map(String), fc.array(weight, { maxLength: 30 }), { maxKeys: 10 }), written => {
      const decisions = new Map(
        Object.entries(written).map(([seq, weights]) => [Number(seq), Float32Array.from(weights)]),
      );
      expect(decodeDecisions(encodeDecisions(decisions))).toEqual(decisions);
    }),
  );
});

test('a hundred thousand decisions of one share take two bits each', () => {
  const ids = Buffer.allocUnsafe(16 * 100_000);
  for (let at = 0; at < ids.length; at += 4) ids.writeUInt32LE(Math.imul(at, 0x9e37_79b1) >>> 0, at);
  const weights = Float32Array.from({ length: 100_000 }, (_, span) => (traceShare(ids, span * 16) < 0.1 ? 10 : 0));
  expect(encodeDecisions(new Map([[7, weights]])).length).toBeLessThan(27_000);
});

test('bytes that are no decisions decide nothing', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), bytes => void decodeDecisions(bytes)));
  expect(decodeDecisions(new Uint8Array()).size).toBe(0);
  expect(decodeDecisions(Buffer.from('not deflated at all')).size).toBe(0);
});
