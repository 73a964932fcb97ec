import type { PromqlFeature } from '../base/promql-features.js';
import { availableParallelism } from 'node:os';
import type { PoolOptions } from './worker-pool.js';

export type PromqlSettings = PoolOptions;

/** What is on unless the configuration says otherwise: whatever only adds to the language. */
export const defaultFeatures: readonly PromqlFeature[] = ['promql-experimental-functions', 'promql-duration-expr'];

export const defaultPromql: PromqlSettings = {
  workers: Math.min(2, availableParallelism()),
  maxSeconds: 10,
  maxHeapMiB: 768,
  maxSamples: 50_000_000,
  maxSeries: 100_000,
  features: defaultFeatures,
};
