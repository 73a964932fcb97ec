import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteFifo } from './byte-fifo.js';

test('what is taken from the front is what was added, in its order', () => {
  const anySteps = fc.array(fc.oneof(fc.uint8Array({ maxLength: 6000 }), fc.nat(9000)), { maxLength: 40 });
  const sameAsBuffer = fc.property(anySteps, steps => {
    const fifo = new ByteFifo();
    let expected = Buffer.alloc(0);
    for (const step of steps) {
      if (typeof step === 'number') fifo.drop(step);
      else fifo.append(step);
      expected = typeof step === 'number' ? expected.subarray(step) : Buffer.concat([expected, step]);
      expect(fifo.bytes.equals(expected)).toBe(true);
      expect(fifo.length).toBe(expected.length);
    }
  });
  fc.assert(sameAsBuffer);
});

test('a megabyte a byte at a time is added in less than a second', () => {
  const fifo = new ByteFifo();
  const before = process.cpuUsage();
  for (let i = 0; i < 1 << 20; i++) fifo.append(Uint8Array.of(i));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000);
  expect(fifo.bytes[70_000]).toBe(70_000 % 256);
});
