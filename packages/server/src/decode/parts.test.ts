import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
import { joinParts, splitParts } from './parts.js';

const part = fc.record({
  signal: fc.constantFrom('traces', 'logs', 'metrics', 'files'),
  body: fc.uint8Array({ maxLength: 50 }),
});

test('parts that were joined come apart as they were', () => {
  fc.assert(
    fc.property(fc.array(part), parts => {
      const apart = splitParts(joinParts(parts)).map(({ signal, body }) => ({ signal, body: new Uint8Array(body) }));
      expect(apart).toEqual(parts);
    }),
  );
});

test('bytes that are no parts are refused', () => {
  for (const bytes of [[4, 0, 0, 0, 0], [0], [0, 1, 0, 0, 0], [0, 255, 255, 255, 255, 1]])
    expect(() => splitParts(Uint8Array.from(bytes))).toThrow(BadInput);
});
