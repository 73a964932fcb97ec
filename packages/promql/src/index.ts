export { evaluate, evaluateWith, selectsOf } from './evaluate/evaluate.js';
export { instantSteps, maxPointsPerSeries, rangeSteps } from './evaluate/grid.js';
export type { EvaluateOptions } from './evaluate/options.js';
export { QueryRun } from './evaluate/query-run.js';
export type { QueryResult, QueryStats, QueryValue, Sample } from './evaluate/result.js';
export { functions } from './functions/all.js';
export type { PromFunction } from './functions/define.js';
export { signatures, type Signature } from './functions/signatures.js';
export { toSchema } from './histogram/arithmetic.js';
export { classicView, type ClassicView, type ExplicitHistogram } from './histogram/classic-view.js';
export { withKnownResets } from './histogram/detect-reset.js';
export {
  customSchema,
  maxSchema,
  minSchema,
  noBounds,
  noBuckets,
  type Buckets,
  type CounterResetHint,
  type FloatHistogram,
} from './histogram/float-histogram.js';
export { histogramJson, jsonNumber, type HistogramJson } from './histogram/json.js';
export { histogramOf, type StoredHistogram } from './histogram/stored-histogram.js';
export { histogramText } from './histogram/text.js';
export { MemorySource, rawSeries, type Point } from './memory-source.js';
export type * from './parse/ast.js';
export { describeExpr } from './parse/describe.js';
export { ParseError } from './parse/parse-error.js';
export { maxQueryLength, parseExpr, parseSelector, type ParseOptions } from './parse/parse-expr.js';
export { formatExpr, printExpr, printMatcher } from './parse/print.js';
export { typeOf } from './parse/type-of.js';
export { childrenOf } from './parse/walk.js';
export type { SelectHint, SelectRequest, Source } from './source.js';
export { annotationText, placeIn, type Annotation } from './value/annotations.js';
export {
  compareLabels,
  compareText,
  labelsKey,
  labelsOf,
  labelsRecord,
  labelValue,
  metricName,
  noLabels,
  withLabel,
  withoutLabels,
  type Labels,
} from './value/labels.js';
export { labelsText } from './value/labels-text.js';
export { matches, testOf, type Matcher, type MatchOp } from './value/matcher.js';
export { plainNumber } from './value/number-text.js';
export { alternativesOf, literalsOf, type Alternative } from './value/simple-pattern.js';
export { QueryError, type QueryErrorKind } from './value/query-error.js';
export type { RawSeries, StepSeries, Steps } from './value/series.js';
export { isStale, setStale, wordsOf } from './value/stale.js';
