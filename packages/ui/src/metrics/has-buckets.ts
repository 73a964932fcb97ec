import type { QueryResult } from '../prometheus-client.js';

/** Whether a heatmap can show an answer. */
export function hasBuckets({ series }: QueryResult): boolean {
  return series.some(({ labels, histograms }) => histograms.length > 0 || labels['le'] !== undefined);
}
