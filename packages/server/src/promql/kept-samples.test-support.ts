import type { SampleMemory } from './remembered-samples.js';
import type { SampleCache } from './sample-cache.js';

let lastQuestion = 0;

/** The cache as one question of a worker sees it, without the worker. */
export function memoryOf(cache: SampleCache, workspace: string): SampleMemory & { end(): void } {
  const question = ++lastQuestion;
  let isOver = false;
  return {
    hold: wanted => cache.hold(question, { ...wanted, workspace }, () => isOver),
    publish: (entry, samples) => cache.publish(question, entry, samples),
    release: entry => cache.release(question, entry),
    places: (_, ids) => new Map(Array.from(ids, (id, place) => [id, place])),
    histograms: metric => Promise.resolve(cache.histograms(workspace, metric)),
    plain: (metric, writes) => cache.plain(workspace, metric, writes),
    end() {
      isOver = true;
      cache.ended(question);
    },
  };
}
