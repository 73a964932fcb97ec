import * as fc from 'fast-check';
import { BadInput } from '../base/bad-input.js';
import { BlockBuilder } from '../write/block-builder.js';
import { decode } from './decode.js';
import type { Part } from './parts.js';

/** Translates and builds a block: bytes either are refused with `BadInput`, or what they became is stored without an error. */
export function swallow(translate: () => readonly Part[]): void {
  let parts: readonly Part[];
  try {
    parts = translate();
  } catch (error) {
    if (error instanceof BadInput) return;
    throw error;
  }
  for (const { signal, body } of parts) {
    const builder = new BlockBuilder();
    builder.add(decode(signal, 'protobuf', body), { workspace: 'w', recordSeq: 1, receivedMs: 1_790_000_000_000 });
    builder.cut();
  }
}

/** Random bytes, every truncation of a good body, and good bodies with a byte changed. */
export function swallowAnything(translate: (body: Uint8Array) => readonly Part[], good: Buffer): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), body => swallow(() => translate(body))),
    { numRuns: 300 },
  );
  for (let length = 0; length <= good.length; length++) swallow(() => translate(good.subarray(0, length)));
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const damaged = Buffer.from(good);
      damaged[at]! ^= flip;
      swallow(() => translate(damaged));
    }),
    { numRuns: 500 },
  );
}
