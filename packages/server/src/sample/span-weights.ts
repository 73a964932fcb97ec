import type { Batch } from '../decode/batch.js';

/**
 * The weights of each batch's spans, out of those of all batches of a record; undefined where nothing was decided, and for what is no span. Weights that
 * do not fit the record were decided of another one, and decide nothing.
 */
export function weightsByBatch(
  batches: readonly Batch[],
  weights: Float32Array | undefined,
): readonly (Float32Array | undefined)[] {
  if (weights?.length !== spansOf(batches)) return batches.map(() => undefined);
  let at = 0;
  return batches.map(({ signal, items }) => {
    if (signal !== 'traces') return undefined;
    at += items;
    return weights.subarray(at - items, at);
  });
}

/** How many spans a record brought. */
export function spansOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, { signal, items }) => (signal === 'traces' ? sum + items : sum), 0);
}

/** How many items of a batch are stored. */
export function keptOf({ items }: Batch, weights: Float32Array | undefined): number {
  if (weights === undefined) return items;
  let kept = 0;
  for (const weight of weights) if (weight > 0) kept++;
  return kept;
}
