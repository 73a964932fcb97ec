/** So many hashes are kept of a set of rows. */
export const sketchSize = 32;

/** The least hashes of a set of rows, ascending: enough to tell how much of two sets is common. */
export type RowSketch = readonly number[];

export function unionOf(sketches: readonly RowSketch[]): RowSketch {
  return [...new Set(sketches.flat())].sort((a, b) => a - b).slice(0, sketchSize);
}

/** How much of what either set holds is in both (Jaccard's index), estimated; 0 to 1. */
export function overlap(a: RowSketch, b: RowSketch): number {
  const least = unionOf([a, b]);
  if (least.length === 0) return 0;
  const inA = new Set(a);
  const inB = new Set(b);
  return least.filter(hash => inA.has(hash) && inB.has(hash)).length / least.length;
}
