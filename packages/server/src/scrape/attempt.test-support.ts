import { BadInput } from '../base/bad-input.js';
import type { Item } from './exposition.js';

/** Reads all of a page; tells how long it took, and the error if it is another than `BadInput`. */
export function attempt(read: () => Iterable<Item>): { readonly ms: number; readonly unforeseen: unknown } {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  try {
    for (const item of read()) if (item.kind !== 'family') item.labels();
  } catch (error) {
    return { ms: elapsed(), unforeseen: error instanceof BadInput ? undefined : error };
  }
  return { ms: elapsed(), unforeseen: undefined };
}
