/** Parts of PromQL that not everyone has; named as Prometheus' `--enable-feature` names them. */
export const promqlFeatures = [
  'promql-experimental-functions',
  'promql-duration-expr',
  'promql-delayed-name-removal',
  'type-and-unit-labels',
] as const;
export type PromqlFeature = (typeof promqlFeatures)[number];
