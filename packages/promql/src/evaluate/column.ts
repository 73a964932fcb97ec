import { absent, type StepSeries } from '../value/series.js';

/** Kinds and values of one series, all absent. */
export interface Column {
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
}

/** Small columns are cut from shared blocks, because many small buffers are slow to make. */
const blockCells = 16_384;
let block: ArrayBuffer | undefined;
let taken = 0;

/** A column for so many steps. */
export function emptyColumn(count: number): Column {
  if (count * 9 > blockCells) return { kinds: new Uint8Array(count), values: new Float64Array(count) };
  const bytes = Math.ceil((count * 9) / 8) * 8;
  // A block whose buffer was transferred away has no length.
  if (block === undefined || taken + bytes > block.byteLength) {
    block = new ArrayBuffer(blockCells * 8);
    taken = 0;
  }
  const values = new Float64Array(block, taken, count);
  const kinds = new Uint8Array(block, taken + count * 8, count);
  taken += bytes;
  return { kinds, values };
}

/** Whether a series has a sample at any step. */
export function hasAny(series: StepSeries): boolean {
  const { kinds } = series;
  for (let step = 0; step < kinds.length; step++) if (kinds[step] !== absent) return true;
  return false;
}

/** Gives the same column each time, emptied: for series of which only one is needed at a time. */
export function sharedColumn(count: number): () => Column {
  const column = emptyColumn(count);
  return () => {
    column.kinds.fill(absent);
    return column;
  };
}
