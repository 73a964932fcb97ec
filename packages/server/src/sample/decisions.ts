import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * What was decided of the spans of held records: for each record, by its number, a weight for each of its spans in the order they came. So many spans it
 * stands for; 0: it is left out. A record that is missing here is kept whole.
 */
export type Decisions = ReadonlyMap<number, Float32Array>;

const headBytes = 12;

/** Far more than the spans of a block. */
const maxBytes = 64 << 20;

/**
 * Decisions as a cut carries them: deflated, for each record its number (f64) · how many spans (u32) · a weight for each (f32), little-endian. A block's
 * decisions are written once and read whenever the block is made again, so that it is the same every time.
 */
export function encodeDecisions(decisions: Decisions): Uint8Array {
  const bytes = [...decisions.values()].reduce((sum, weights) => sum + headBytes + weights.length * 4, 0);
  const plain = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const [seq, weights] of decisions) {
    plain.writeDoubleLE(seq, at);
    plain.writeUInt32LE(weights.length, at + 8);
    at += headBytes;
    for (const weight of weights) at = plain.writeFloatLE(weight, at);
  }
  return deflateRawSync(plain, { level: 1 });
}

/** Anything else than what `encodeDecisions` made gives no decisions: then everything is kept. */
export function decodeDecisions(packed: Uint8Array): Decisions {
  const decisions = new Map<number, Float32Array>();
  if (packed.length === 0) return decisions;
  let plain: Buffer;
  try {
    plain = inflateRawSync(packed, { maxOutputLength: maxBytes });
  } catch {
    return decisions;
  }
  for (let at = 0; at + headBytes <= plain.length;) {
    const seq = plain.readDoubleLE(at);
    const count = plain.readUInt32LE(at + 8);
    at += headBytes;
    if (at + count * 4 > plain.length) break;
    const weights = new Float32Array(count);
    for (let index = 0; index < count; index++) weights[index] = plain.readFloatLE(at + index * 4);
    decisions.set(seq, weights);
    at += count * 4;
  }
  return decisions;
}
