/**
 * What PromQL may have or not, named as Prometheus' `--enable-feature` names it.
 * Only `closed-ranges` is ours: ranges and the lookback include a sample at their very start, as before Prometheus 3.
 */
export const promqlFeatures = [
  'promql-experimental-functions',
  'promql-duration-expr',
  'promql-delayed-name-removal',
  'type-and-unit-labels',
  'closed-ranges',
] as const;
export type PromqlFeature = (typeof promqlFeatures)[number];
