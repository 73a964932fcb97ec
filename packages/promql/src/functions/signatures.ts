import type { ValueType } from '../parse/ast.js';

/** What a function takes and gives. */
export interface Signature {
  readonly name: string;
  readonly argTypes: readonly ValueType[];
  /** How often the last argument may stand: 0 = exactly once, n = not at all up to n times, -1 = not at all or any number of times. */
  readonly variadic: number;
  readonly returnType: ValueType;
  /** Refused unless experimental functions are switched on. */
  readonly experimental: boolean;
}

function takes(argTypes: readonly ValueType[], rest: Partial<Omit<Signature, 'argTypes' | 'name'>> = {}) {
  return { argTypes, variadic: 0, returnType: 'vector', experimental: false, ...rest } as const;
}

const fromVector = takes(['vector']);
const fromRange = takes(['matrix']);
const fromRangeTrial = takes(['matrix'], { experimental: true });
const fromTime = takes(['vector'], { variadic: 1 });
const bySomeLabels = takes(['vector', 'string'], { variadic: -1, experimental: true });

const table: Readonly<Record<string, Omit<Signature, 'name'>>> = {
  abs: fromVector,
  absent: fromVector,
  absent_over_time: fromRange,
  acos: fromVector,
  acosh: fromVector,
  asin: fromVector,
  asinh: fromVector,
  atan: fromVector,
  atanh: fromVector,
  avg_over_time: fromRange,
  ceil: fromVector,
  changes: fromRange,
  clamp: takes(['vector', 'scalar', 'scalar']),
  clamp_max: takes(['vector', 'scalar']),
  clamp_min: takes(['vector', 'scalar']),
  cos: fromVector,
  cosh: fromVector,
  count_over_time: fromRange,
  day_of_month: fromTime,
  day_of_week: fromTime,
  day_of_year: fromTime,
  days_in_month: fromTime,
  deg: fromVector,
  delta: fromRange,
  deriv: fromRange,
  double_exponential_smoothing: takes(['matrix', 'scalar', 'scalar'], { experimental: true }),
  exp: fromVector,
  floor: fromVector,
  histogram_avg: fromVector,
  histogram_count: fromVector,
  histogram_fraction: takes(['scalar', 'scalar', 'vector']),
  histogram_quantile: takes(['scalar', 'vector']),
  histogram_stddev: fromVector,
  histogram_stdvar: fromVector,
  histogram_sum: fromVector,
  hour: fromTime,
  idelta: fromRange,
  increase: fromRange,
  info: takes(['vector', 'vector'], { variadic: 1, experimental: true }),
  irate: fromRange,
  label_join: takes(['vector', 'string', 'string', 'string'], { variadic: -1 }),
  label_replace: takes(['vector', 'string', 'string', 'string', 'string']),
  last_over_time: fromRange,
  ln: fromVector,
  log10: fromVector,
  log2: fromVector,
  mad_over_time: fromRangeTrial,
  max_over_time: fromRange,
  min_over_time: fromRange,
  minute: fromTime,
  month: fromTime,
  pi: takes([], { returnType: 'scalar' }),
  predict_linear: takes(['matrix', 'scalar']),
  present_over_time: fromRange,
  quantile_over_time: takes(['scalar', 'matrix']),
  rad: fromVector,
  rate: fromRange,
  resets: fromRange,
  round: takes(['vector', 'scalar'], { variadic: 1 }),
  scalar: takes(['vector'], { returnType: 'scalar' }),
  sgn: fromVector,
  sin: fromVector,
  sinh: fromVector,
  sort: fromVector,
  sort_by_label: bySomeLabels,
  sort_by_label_desc: bySomeLabels,
  sort_desc: fromVector,
  sqrt: fromVector,
  stddev_over_time: fromRange,
  stdvar_over_time: fromRange,
  sum_over_time: fromRange,
  tan: fromVector,
  tanh: fromVector,
  time: takes([], { returnType: 'scalar' }),
  timestamp: fromVector,
  ts_of_last_over_time: fromRangeTrial,
  ts_of_max_over_time: fromRangeTrial,
  ts_of_min_over_time: fromRangeTrial,
  vector: takes(['scalar']),
  year: fromTime,
};

/** Every function of Prometheus 3.5, by name. */
export const signatures: ReadonlyMap<string, Signature> = new Map(
  Object.entries(table).map(([name, signature]) => [name, { name, ...signature }]),
);
