import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeDecisions, encodeDecisions } from './decisions.js';

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
  const weights = Float32Array.from({ length: 100_000 }, (_, span) => ((span * 2_654_435_761) % 4096 < 410 ? 10 : 0));
  expect(encodeDecisions(new Map([[7, weights]])).length).toBelessThan(30_000);
});

test('bytes that are no decisions decide nothing', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), bytes => void decodeDecisions(bytes)));
  expect(decodeDecisions(new Uint8Array()).size).toBe(0);
  expect(decodeDecisions(Buffer.from('not deflated at all')).size).toBe(0);
});
