import fc from 'fast-check';
import { loadedFromMs } from './shop-series.test-support.js';

type Text = fc.Arbitrary<string>;

const one = (...texts: readonly string[]): Text => fc.constantFrom(...texts);

/** A text of pieces, each fixed or any. */
function text(strings: TemplateStringsArray, ...pieces: readonly Text[]): Text {
  return fc.tuple(...pieces).map(values => strings.reduce((all, piece, at) => all + (values[at - 1] ?? '') + piece));
}

const floatName = one(
  'requests_total',
  'requests_total',
  'queue_depth',
  'temperature',
  'up',
  'level',
  'started_seconds',
  'latency_seconds_bucket',
  'latency_seconds_count',
  'latency_seconds_sum',
);
const histogramName = one('duration', 'duration', 'payload', 'sizes', 'mixed');
const name = fc.oneof({ weight: 4, arbitrary: floatName }, { weight: 2, arbitrary: histogramName });

const matcher = one(
  'job="api"',
  'job!="web"',
  'instance="a"',
  'instance=~"a|b"',
  'instance!~"b.*"',
  'instance=~".+"',
  'code="500"',
  'code=~"4..|5.."',
  'code!=""',
  'nowhere=""',
  'job="nobody"',
);
const matchers = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: matcher.map(one => `{${one}}`) },
  { weight: 1, arbitrary: fc.tuple(matcher, matcher).map(two => `{${two.join(', ')}}`) },
);
const shift = fc.oneof(
  { weight: 8, arbitrary: fc.constant('') },
  {
    weight: 2,
    arbitrary: one(
      ' offset 3m',
      ' offset -2m',
      ' offset 1h',
      ' offset (1m * 2)',
      ' @ start()',
      ' @ end()',
      ` @ ${loadedFromMs / 1000 + 3000}`,
      ` offset 5m @ ${loadedFromMs / 1000 + 3600}`,
    ),
  },
);
const span = one('31s', '1m', '2m', '5m', '5m', '5m', '17m', '1h', '2m * 2', '600', '(1m + 30s) * 2', '2 ^ 7');
const number = one('0', '1', '2', '0.5', '-1', '10', '1e3', '0.25', 'NaN', 'Inf', '-Inf', '3', '7', '100');
const share = one('0', '0.1', '0.5', '0.9', '0.99', '1', '1.5', '-0.1', 'NaN');
const labels = one('', 'job', 'instance', 'instance, job', 'code', 'le, job', 'nowhere');

const selector = text`${name}${matchers}${shift}`;
const buckets = text`latency_seconds_bucket${matchers}${shift}`;

const range = (depth: number): Text =>
  depth <= 0
    ? fc
        .tuple(name, matchers, span, shift)
        .map(([metric, braces, width, moved]) => `${metric}${braces}[${width}]${moved}`)
    : fc.oneof(
        { weight: 5, arbitrary: range(0) },
        { weight: 1, arbitrary: text`(${vector(depth - 1)})[${span}:${one('', '30s', '1m', '90s')}]${shift}` },
      );

const scalar = (depth: number): Text =>
  depth <= 0
    ? fc.oneof({ weight: 6, arbitrary: number }, { weight: 1, arbitrary: one('time()', 'pi()') })
    : fc.oneof(
        { weight: 4, arbitrary: scalar(0) },
        { weight: 1, arbitrary: text`scalar(${vector(depth - 1)})` },
        { weight: 1, arbitrary: text`(${scalar(0)} ${one('+', '-', '*', '/', '%', '^')} ${scalar(0)})` },
        { weight: 1, arbitrary: text`(${scalar(0)} ${one('==', '>', '<=')} bool ${scalar(0)})` },
      );

const overRange = one(
  'rate',
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'deriv',
  'changes',
  'resets',
  ...['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'last', 'present', 'mad', 'absent'].map(
    of => `${of}_over_time`,
  ),
  ...['last', 'min', 'max'].map(of => `ts_of_${of}_over_time`),
);
const overGauge = one('avg_over_time', 'stddev_over_time', 'delta', 'deriv');
const ofEach = fc.constantFrom(
  ...'abs ceil floor exp sqrt ln log2 log10 sgn round sort sort_desc timestamp absent'.split(' '),
  ...'sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg rad'.split(' '),
  ...'minute hour day_of_week day_of_month day_of_year days_in_month month year'.split(' '),
  ...['count', 'sum', 'avg', 'stddev', 'stdvar'].map(of => `histogram_${of}`),
);

const call = (depth: number): Text =>
  fc.oneof(
    { weight: 8, arbitrary: text`${overRange}(${range(depth)})` },
    { weight: 5, arbitrary: text`${ofEach}(${vector(depth)})` },
    { weight: 1, arbitrary: text`quantile_over_time(${share}, ${range(depth)})` },
    { weight: 1, arbitrary: text`predict_linear(${range(depth)}, ${scalar(depth)})` },
    { weight: 1, arbitrary: text`double_exponential_smoothing(${range(depth)}, 0.4, ${one('0.1', '0.8')})` },
    { weight: 1, arbitrary: text`histogram_quantile(${share}, ${fc.oneof(buckets, vector(depth))})` },
    { weight: 1, arbitrary: text`histogram_quantile(${share}, sum by (le) (rate(${buckets}[5m])))`.map(fixedRate) },
    { weight: 1, arbitrary: text`histogram_fraction(${number}, ${number}, ${fc.oneof(buckets, vector(depth))})` },
    { weight: 1, arbitrary: text`clamp(${vector(depth)}, ${scalar(depth)}, ${scalar(depth)})` },
    { weight: 1, arbitrary: text`${one('clamp_min', 'clamp_max', 'round')}(${vector(depth)}, ${scalar(depth)})` },
    { weight: 1, arbitrary: text`vector(${scalar(depth)})` },
    {
      weight: 1,
      arbitrary: text`label_replace(${vector(depth)}, "${one('job', 'new', '__name__', 'instance')}", "${one('$1', 'x-$1', '')}", "${one('instance', 'job', 'code')}", "${one('(.*)', '(a|b)', '.', '')}")`,
    },
    { weight: 1, arbitrary: text`label_join(${vector(depth)}, "${one('new', 'job')}", "-", "job", "instance")` },
    {
      weight: 1,
      arbitrary: text`${one('sort_by_label', 'sort_by_label_desc')}(${vector(depth)}, "${one('instance', 'version')}")`,
    },
    // Without gaps, offset and @: over those Prometheus 3.5 pairs info series by their place in the vector, and looks for them at the wrong time.
    {
      weight: 1,
      arbitrary: text`info(${one('up', 'level', 'rate(level[5m])', 'sum by (instance, job) (level)')}${one('', ', {zone="north"}', ', {zone=~".+"}', ', {zone=~".*", nowhere=""}')})`,
    },
  );

/** `rate(x offset 1h[5m])` written right: the range stands before the shift. */
function fixedRate(expr: string): string {
  return expr.replace(/rate\((\S+?(?:\{[^}]*\})?)( offset [^[]+| @ [^[]+)?\[5m\]\)/, 'rate($1[5m]$2)');
}

/** Vectors without equal values, among which topk would choose by an order that Prometheus leaves to chance. */
const unequal = fc.oneof(
  text`queue_depth${matchers}${shift}`,
  text`${overGauge}(queue_depth${matchers}[${one('2m', '5m', '17m')}])`,
  text`sum by (${one('instance', 'job')}) (queue_depth)`,
);

/** Vectors of which every digit is the same everywhere, as count_values makes labels of them: no sines, no logarithms. */
const exact = fc.oneof(
  selector,
  text`${one('rate', 'increase', 'max_over_time', 'sum_over_time', 'changes')}(${range(0)})`,
  text`(${selector} ${one('+', '-', '*', '/', '>')} ${number})`,
);

const aggregate = (depth: number): Text =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: text`${one('sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar')} ${one('by', 'without')} (${labels}) (${vector(depth)})`,
    },
    { weight: 2, arbitrary: text`${one('sum', 'avg', 'count', 'max')}(${vector(depth)})` },
    {
      weight: 2,
      arbitrary: text`${one('topk', 'bottomk')} ${one('by', 'without')} (${labels}) (${one('1', '2', '5', '0')}, ${unequal})`,
    },
    {
      weight: 1,
      arbitrary: text`limitk ${one('by', 'without')} (${labels}) (${one('1', '2', '5', '0')}, ${selector})`,
    },
    { weight: 1, arbitrary: text`limit_ratio(${one('0.5', '-0.5', '1', '0.1', '2')}, ${vector(depth)})` },
    { weight: 1, arbitrary: text`quantile by (${labels}) (${share}, ${vector(depth)})` },
    { weight: 1, arbitrary: text`count_values by (${labels}) ("${one('value', 'job')}", ${exact})` },
  );

const arithmetic = one('+', '-', '*', '/', '%', '^', 'atan2');
const comparison = one('==', '!=', '>', '<', '>=', '<=', '> bool', '== bool', '<= bool');
const matching = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  {
    weight: 4,
    arbitrary: one(
      'on (instance, job)',
      'on (instance, job) group_left ()',
      'on (instance, job) group_right ()',
      'on (instance) group_left (version)',
      'on (job)',
      'ignoring (code)',
      'ignoring (code) group_left ()',
      'ignoring (code, le) group_right (job)',
      'on ()',
    ),
  },
);
const setMatching = one('', '', 'on (instance)', 'on (instance, job)', 'ignoring (code)', 'on ()');

const binary = (depth: number): Text =>
  fc.oneof(
    { weight: 4, arbitrary: text`(${vector(depth)} ${fc.oneof(arithmetic, comparison)} ${scalar(depth)})` },
    { weight: 2, arbitrary: text`(${scalar(depth)} ${fc.oneof(arithmetic, comparison)} ${vector(depth)})` },
    { weight: 4, arbitrary: text`(${vector(depth)} ${fc.oneof(arithmetic, comparison)} ${matching} ${vector(depth)})` },
    { weight: 2, arbitrary: text`(${vector(depth)} ${one('and', 'or', 'unless')} ${setMatching} ${vector(depth)})` },
    { weight: 1, arbitrary: text`(${vector(depth)} * on (instance) group_left (version) build_info)` },
  );

/** An instant vector over the series of the shop. */
function vector(depth: number): Text {
  if (depth <= 0) return selector;
  return fc.oneof(
    { weight: 2, arbitrary: selector },
    { weight: 6, arbitrary: call(depth - 1) },
    { weight: 5, arbitrary: aggregate(depth - 1) },
    { weight: 4, arbitrary: binary(depth - 1) },
    { weight: 1, arbitrary: vector(depth - 1).map(inner => `-(${inner})`) },
  );
}

/** Any expression over the series of the shop: mostly vectors, some scalars and ranges. */
export const anyExpression: Text = fc.oneof(
  { weight: 4, arbitrary: vector(1) },
  { weight: 6, arbitrary: vector(2) },
  { weight: 6, arbitrary: vector(3) },
  { weight: 1, arbitrary: scalar(2) },
  { weight: 1, arbitrary: range(1) },
);
