import type { Labels } from '../prometheus-client.js';

/** How many values a label has among the series, and some of them. */
export type LabelCount = { readonly label: string; readonly values: number; readonly examples: readonly string[] };

const mostExamples = 3;

/** The labels of series, those with the most values first: they are what makes the series many. */
export function labelCounts(series: readonly Labels[]): readonly LabelCount[] {
  const values = new Map<string, Set<string>>();
  for (const labels of series) {
    for (const [label, value] of Object.entries(labels)) {
      if (label === '__name__') continue;
      const known = values.get(label);
      if (known === undefined) values.set(label, new Set([value]));
      else known.add(value);
    }
  }
  return [...values]
    .map(([label, found]) => ({ label, values: found.size, examples: [...found].toSorted().slice(0, mostExamples) }))
    .toSorted((a, b) => b.values - a.values || (a.label < b.label ? -1 : 1));
}
