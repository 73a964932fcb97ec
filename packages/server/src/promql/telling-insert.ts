import type { ChdbStore } from '../store/chdb-store.js';
import type { BlockInserter } from '../store/quarantine.js';
import type { SampleCache, TouchedMetric } from './sample-cache.js';

/** A block with more metrics and hours is not told in parts: nothing of what is kept is taken to be current then. */
const maxTouched = 20_000;

/** Tables with the samples of metrics. */
const withSamples: ReadonlySet<string> = new Set(['metric_samples', 'metric_histograms']);

/**
 * Inserts blocks, and says which samples came with them when they can be seen and before anybody is told that they are stored.
 *
 * A block that fails may be stored in part, so it is told as well. As long as nothing is kept there is nobody to tell, and no block is looked into.
 */
export function tellingInsert(insert: BlockInserter, store: ChdbStore, cache: SampleCache): BlockInserter {
  const touched = async (table: string, path: string): Promise<readonly TouchedMetric[] | undefined> => {
    try {
      const found = await store.touchedMetrics(table, path, maxTouched);
      return found.length < maxTouched ? found : undefined;
    } catch {
      return undefined;
    }
  };
  return async (file, token) => {
    if (!withSamples.has(file.table)) return insert(file, token);
    // Looked into beforehand, so that nothing lies between the moment they are there and the moment it is told.
    const isKept = !cache.isEmpty;
    let found = isKept ? await touched(file.table, file.path) : undefined;
    try {
      return await insert(file, token);
    } finally {
      if (!isKept && !cache.isEmpty) found = await touched(file.table, file.path);
      if (found === undefined) cache.clear();
      else if (file.table === 'metric_histograms') cache.touchedHistograms(found);
      else for (const one of found) cache.touched(one);
    }
  };
}
