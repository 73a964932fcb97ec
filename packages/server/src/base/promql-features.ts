/**
 * What PromQL may have or not, named as Prometheus' `--enable-feature` names it.
 * Only `prometheus-2` is ours: answers as Prometheus 2 gave them where 3 gives others. Ranges and the lookback include a sample at their very start,
 * counters are extrapolated to their zero however far it is, new labels have plain names, and `atan2` keeps the metric's name.
 */
export const promqlFeatures = [
  'promql-experimental-functions',
  'promql-duration-expr',
  'promql-delayed-name-removal',
  'type-and-unit-labels',
  'prometheus-2',
] as const;
export type PromqlFeature = (typeof promqlFeatures)[number];
