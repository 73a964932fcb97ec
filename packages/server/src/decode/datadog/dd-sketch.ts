import { WireReader } from '../wire-reader.js';

/**
 * DDSketch in protobuf (https://github.com/DataDog/sketches-java/blob/master/src/protobuf/proto/DDSketch.proto):
 *
 *     sketch  = { 1 mapping, 2 positive, 3 negative, 4 zero count (double) }
 *     mapping = { 1 gamma (double), 2 index offset (double), 3 interpolation (0 none) }
 *     store   = { 1 map of index (sint32) to count (double), 2 counts (packed doubles), 3 index of the first of them (sint32) }
 *
 * A bin's bounds are powers of gamma. Whose bin an exact power is, and so what the index means, differs: libraries of JavaScript and Python round up, the others down.
 */
export interface SketchBin {
  /** In the middle of the bin, so that no value in it is farther away than the sketch promises. */
  readonly value: number;
  readonly count: number;
}

/** What a bin's index is made with. */
export type SketchRounding = 'up' | 'down';

/** The bins that hold something; undefined when the sketch maps values otherwise than by the logarithm. Negative values are left out. Throws `BadInput`. */
export function sketchBins(bytes: Uint8Array, rounding: SketchRounding): readonly SketchBin[] | undefined {
  const wire = new WireReader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const counts = new Map<number, number>();
  let gamma = 0;
  let indexOffset = 0;
  let interpolation = 0;
  let zeroCount = 0;
  while (wire.at < bytes.length) {
    const tag = wire.varint(bytes.length);
    if (tag === 10) {
      const end = wire.length(bytes.length) + wire.at;
      while (wire.at < end) {
        const field = wire.varint(end);
        if (field === 9) gamma = view.getFloat64(wire.fixed(8, end), true);
        else if (field === 17) indexOffset = view.getFloat64(wire.fixed(8, end), true);
        else if (field === 24) interpolation = wire.varint(end);
        else wire.skip(field, 0, end);
      }
    } else if (tag === 18) readStore(wire, view, wire.length(bytes.length) + wire.at, counts);
    else if (tag === 33) zeroCount = view.getFloat64(wire.fixed(8, bytes.length), true);
    else wire.skip(tag, 0, bytes.length);
  }
  if (interpolation !== 0 || !(gamma > 1) || !Number.isFinite(gamma) || !Number.isFinite(indexOffset)) return undefined;
  const toMiddle = rounding === 'up' ? 2 / (1 + gamma) : (2 * gamma) / (1 + gamma);
  const bins = [...counts].map(([index, count]) => ({ value: gamma ** (index - indexOffset) * toMiddle, count }));
  return zeroCount > 0 ? [{ value: 0, count: zeroCount }, ...bins] : bins;
}

function readStore(wire: WireReader, view: DataView, end: number, counts: Map<number, number>): void {
  const contiguous: number[] = [];
  let first = 0;
  const add = (index: number, count: number): void => {
    if (count > 0 && Number.isFinite(count)) counts.set(index, (counts.get(index) ?? 0) + count);
  };
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      const entryEnd = wire.length(end) + wire.at;
      let index = 0;
      let count = 0;
      while (wire.at < entryEnd) {
        const field = wire.varint(entryEnd);
        if (field === 8) index = unzigzag(wire.varint(entryEnd));
        else if (field === 17) count = view.getFloat64(wire.fixed(8, entryEnd), true);
        else wire.skip(field, 0, entryEnd);
      }
      add(index, count);
    } else if (tag === 18) {
      const listEnd = wire.length(end) + wire.at;
      while (wire.at < listEnd) contiguous.push(view.getFloat64(wire.fixed(8, listEnd), true));
    } else if (tag === 17) contiguous.push(view.getFloat64(wire.fixed(8, end), true));
    else if (tag === 24) first = unzigzag(wire.varint(end));
    else wire.skip(tag, 0, end);
  }
  contiguous.forEach((count, i) => add(first + i, count));
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
