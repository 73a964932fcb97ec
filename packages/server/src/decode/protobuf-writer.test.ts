import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
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

test('what comes to more than 256 MiB is refused before it takes the memory', () => {
  const out = new ProtobufWriter(0);
  const text = Buffer.alloc(16 << 20);
  expect(() => {
    for (let i = 0; i < 20; i++) out.bytes(text);
  }).toThrow(
    new BadInput(
      'what the request holds comes to more than 268435456 bytes when it is written out; send smaller batches',
    ),
  );
});
