import type { MetricEntry } from './metric-list.js';
import { prefixTree, type PrefixNode } from './prefix-tree.js';

/** A line of the metric browser. `above` is the part of the name that the fold it stands in says already. */
export type BrowserRow =
  | {
      readonly kind: 'fold';
      readonly name: string;
      readonly above: string;
      readonly depth: number;
      readonly isOpen: boolean;
      readonly count: number;
    }
  | {
      readonly kind: 'metric';
      readonly name: string;
      readonly above: string;
      readonly depth: number;
      readonly metric: MetricEntry;
    };

/** The lines that are in sight when these folds are open. */
export function openRows(metrics: readonly MetricEntry[], isOpen: (prefix: string) => boolean): readonly BrowserRow[] {
  const rows: BrowserRow[] = [];
  function add(nodes: readonly PrefixNode<MetricEntry>[], above: string, depth: number): void {
    for (const { prefix, items, children } of nodes) {
      const [metric] = items;
      if (children.length > 0) {
        const open = isOpen(prefix);
        rows.push({ kind: 'fold', name: prefix, above, depth, isOpen: open, count: items.length });
        if (open) add(children, prefix, depth + 1);
      } else if (metric !== undefined) {
        rows.push({ kind: 'metric', name: metric.name, above, depth, metric });
      }
    }
  }
  add(
    prefixTree(metrics, ({ name }) => name),
    '',
    0,
  );
  return rows;
}
