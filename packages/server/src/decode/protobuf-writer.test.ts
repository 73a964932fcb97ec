import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProtobufWriter } from './protobuf-writer.js';

test('a whole number is written as the varint it is', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), value => {
      const [one, other] = [new ProtobufWriter(16), new ProtobufWriter(16)];
      one.whole(value);
      other.varint(BigInt(value));
      expect([...one.take()]).toEqual([...other.take()]);
    }),
    { examples: [[0], [127], [128], [2 ** 31 - 1], [2 ** 31], [2 ** 32], [Number.MAX_SAFE_INTEGER]] },
  );
});
