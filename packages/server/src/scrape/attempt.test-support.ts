import { BadInput } from '../base/bad-input.js';
import type { Item } from './exposition.js';

/** Reads all of a page; tells the CPU time it took, since a busy machine is not to blame, and the error if it is another than `BadInput`. */
export function attempt(read: () => Iterable<Item>): { readonly ms: number; readonly unforeseen: unknown } {
  const before = process.cpuUsage();
  const elapsed = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  try {
    for (const item of read()) if (item.kind !== 'family') item.labels();
  } catch (error) {
    return { ms: elapsed(), unforeseen: error instanceof BadInput ? undefined : error };
  }
  return { ms: elapsed(), unforeseen: undefined };
}
