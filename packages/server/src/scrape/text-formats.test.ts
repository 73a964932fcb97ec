import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../base/bad-input.js';
import { attempt } from './attempt.test-support.js';
import { labelOf, metricName, type Item, type Label } from './exposition.js';
import { floatLabel, readFloat } from './go-float.js';
import { openMetricsText } from './open-metrics-text.js';
import { prometheusText } from './prometheus-text.js';

const show = (item: Item): string => {
  if (item.kind === 'family') return `${item.kind} ${item.name} ${item.type ?? ''}${item.help ?? ''}${item.unit ?? ''}`;
  const labels = item.labels().filter(({ name }) => name !== metricName);
  const text = `${labelOf(item.labels(), metricName)}{${labels.map(l => `${l.name}=${JSON.stringify(l.value)}`).join(',')}}`;
  if (item.kind === 'created') return `created ${item.family} ${text} ${item.startMs}`;
  if (item.kind === 'native') return `native ${text}`;
  const exemplars = item.exemplars.map(e => ` # ${JSON.stringify(e.labels)} ${e.value} ${e.timeMs ?? ''}`);
  return `${text} ${item.value}${item.timeMs === undefined ? '' : ` @${item.timeMs}`}${exemplars.join('')}`;
};

const classic = (text: string): readonly string[] => [...prometheusText(text)].map(show);
const open = (text: string): readonly string[] => [...openMetricsText(text)].map(show);

test('the text format: families, escapes, odd spacing, times, quoted names, comments, no line break at the end', () => {
  const text = [
    '# HELP http_requests_total The total number of HTTP requests.\\nAll of them: \\\\o/',
    '# TYPE http_requests_total counter',
    'http_requests_total{method="post",code="200"} 1027 1395066363000',
    'http_requests_total{method="post",code="400",}    3 -5',
    '',
    '# Escaping in label values:',
    'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\" \\x"} 1.458255915e9',
    '\tmetric_without_timestamp_and_labels 12.47',
    'something_weird {problem="division by zero"} +Inf -3982045',
    '# TYPE rpc summary',
    'rpc{quantile="0.5"} NaN',
    'rpc{quantile="1"} 1e-3',
    '{"my.metric",  "a.label"="x", b="}"} 4',
    '{"other.metric"} 5',
    '#',
    '#no space',
    'last 0x',
  ].join('\n');
  expect(() => classic(text)).toThrow('line 17: "0x" is not a number');
  expect(classic(text.replace('0x', '.5'))).toEqual([
    'family http_requests_total The total number of HTTP requests.\nAll of them: \\o/',
    'family http_requests_total counter',
    'http_requests_total{code="200",method="post"} 1027 @1395066363000',
    'http_requests_total{code="400",method="post"} 3 @-5',
    'msdos_file_access_time_seconds{error="Cannot find file:\\n\\"FILE.TXT\\" \\\\x",path="C:\\\\DIR\\\\FILE.TXT"} 1458255915',
    'metric_without_timestamp_and_labels{} 12.47',
    'something_weird{problem="division by zero"} Infinity @-3982045',
    'family rpc summary',
    'rpc{quantile="0.5"} NaN',
    'rpc{quantile="1.0"} 0.001',
    'my.metric{a.label="x",b="}"} 4',
    'other.metric{} 5',
    'last{} 0.5',
  ]);
});

test('OpenMetrics: every type, units, exemplars, created times, times in seconds', () => {
  const text = [
    '# TYPE foo_seconds counter',
    '# UNIT foo_seconds seconds',
    '# HELP foo_seconds Work \\"done\\".',
    'foo_seconds_total{a="b"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o",span="a } # {"} 0.67 1520879608.5',
    'foo_seconds_created{a="b"} 1520430000.123',
    '# TYPE q gaugehistogram',
    'q_bucket{le="1"} 5 # {} 0.5',
    'q_gcount 5',
    '# TYPE h histogram',
    'h_bucket{le="1"} 5',
    'h_bucket{le="5000000"} 5',
    '# TYPE v info',
    'v_info{version="1"} 1',
    '# TYPE s stateset',
    's{s="on"} 1',
    '# TYPE u unknown',
    'u -0',
    '# TYPE "my.counter" counter',
    '{"my.counter_total"} 1',
    '# EOF',
    '',
  ].join('\n');
  expect(open(text)).toEqual([
    'family foo_seconds counter',
    'family foo_seconds seconds',
    'family foo_seconds Work "done".',
    'foo_seconds_total{a="b"} 17 @1520879607789 # [{"name":"span","value":"a } # {"},{"name":"trace_id","value":"KOO5S4vxi0o"}] 0.67 1520879608500',
    'foo_seconds_created{a="b"} 1520430000.123',
    'created foo_seconds foo_seconds_created{a="b"} 1520430000123',
    'family q gaugehistogram',
    'q_bucket{le="1"} 5 # [] 0.5 ',
    'q_gcount{} 5',
    'family h histogram',
    'h_bucket{le="1.0"} 5',
    'h_bucket{le="5e+06"} 5',
    'family v info',
    'v_info{version="1"} 1',
    'family s stateset',
    's{s="on"} 1',
    'family u unknown',
    'u{} 0',
    'family my.counter counter',
    'my.counter_total{} 1',
  ]);
});

test.each([
  ['a', 'line 1: a series has no value'],
  ['a{b="c} 1', 'a quote is not closed'],
  ['a{b="c"', 'a brace is not closed'],
  ['a{b=c} 1', 'is not in quotes'],
  ['a{b} 1', '"=" is missing'],
  ['a{b="c" d="e"} 1', 'a comma is missing'],
  ['a{b="1",b="2"} 1', 'a label twice'],
  ['{b="1"} 1', 'has no metric name'],
  ['{"a","b"} 1', 'the metric has its name already'],
  ['a 1 2 3', 'something stands behind'],
  ['a 1 2.5', 'not a time in milliseconds'],
  ['a 1e999', 'is not a number'],
  ['a 1_0', 'is not a number'],
  ['1a 1', 'begins with a digit'],
  ['?a 1', 'does not begin with the name of a metric'],
  ['# TYPE a strange', 'unknown type "strange"'],
  ['ok 1\nok 2\na{="1"} 1', 'line 3: the name of a label is missing'],
])('the text format refuses %j', (text, expected) => {
  expect(() => classic(text)).toThrow(BadInput);
  expect(() => classic(text)).toThrow(expected);
});

test.each([
  ['a 1\n', 'does not end with # EOF'],
  ['a 1', 'does not end with # EOF'],
  ['# EOF\na 1\n', 'something stands behind # EOF'],
  ['a  1\n# EOF', 'a series has no value'],
  ['\n# EOF', 'does not begin with the name'],
  ['# some comment\n# EOF', 'a comment is none of'],
  ['# TYPE a_total strange\n# EOF', 'unknown type'],
  ['# UNIT a_seconds bytes\n# EOF', 'is not the end of the name'],
  ['a 1 NaN\n# EOF', 'not a time in seconds'],
  ['a 1 # {b="c"}\n# EOF', 'a series has no value'],
])('OpenMetrics refuses %j', (text, expected) => {
  expect(() => open(text)).toThrow(BadInput);
  expect(() => open(text)).toThrow(expected);
});

const anyText = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', '{', '}', ',', '=', ' ', '#', 'é', '🔔', '\u0000'),
});
const anyLabels = fc
  .uniqueArray(fc.record({ name: anyText.filter(name => name !== ''), value: anyText }), {
    selector: ({ name }) => name,
    maxLength: 6,
  })
  .map((labels): readonly Label[] => labels.filter(({ value }) => value !== ''));
const anyValue = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity));

const pieces = [
  'a',
  '{',
  '}',
  '"',
  '\\',
  '\n',
  '=',
  ',',
  ' ',
  '# ',
  'TYPE ',
  'HELP ',
  'UNIT ',
  'EOF',
  '1',
  '.',
  'e',
  '+',
  'counter',
  ' # {',
  'é',
  'a{',
  '{"',
  'a 1',
  'a{b="',
  '# TYPE "\\',
];

const readersOf = (text: string): readonly (() => Iterable<Item>)[] => [
  () => prometheusText(text),
  () => openMetricsText(text),
  () => openMetricsText(`${text}\n# EOF`),
];

const quoted = (text: string): string => `"${text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
const number = (value: number): string =>
  Number.isFinite(value)
    ? Object.is(value, -0)
      ? '-0'
      : String(value)
    : Number.isNaN(value)
      ? 'NaN'
      : value > 0
        ? '+Inf'
        : '-Inf';

test.each([
  ['text', prometheusText, '', 1],
  ['OpenMetrics', openMetricsText, '# EOF', 1000],
] as const)('what is written as %s is read as it was, whatever the names and values', (_, read, end, perTime) => {
  const anySeries = fc.record({
    name: anyText.filter(name => name !== ''),
    labels: anyLabels,
    value: anyValue,
    timeMs: fc.option(fc.integer({ min: 0, max: 2e12 })),
  });
  fc.assert(
    fc.property(fc.array(anySeries), all => {
      const lines = all.map(({ name, labels, value, timeMs }) => {
        const braces = [quoted(name), ...labels.map(label => `${quoted(label.name)}=${quoted(label.value)}`)].join(',');
        return `{${braces}} ${number(value)}${timeMs === null ? '' : ` ${timeMs / perTime}`}\n`;
      });
      const items = [...read(`${lines.join('')}${end}`)];
      const got = items.map(
        item =>
          item.kind === 'sample' && {
            value: item.value,
            labels: new Map(item.labels().map(l => [l.name, l.value])),
            timeMs: item.timeMs ?? null,
          },
      );
      expect(got).toEqual(
        all.map(({ name, labels, value, timeMs }) => ({
          value,
          labels: new Map(
            [...labels.map(l => [l.name, l.value] as const), ['__name__', name] as const].toSorted(([a], [b]) =>
              a < b ? -1 : 1,
            ),
          ),
          timeMs: timeMs === null ? null : perTime === 1 ? timeMs : Math.trunc((timeMs / 1000) * 1000),
        })),
      );
    }),
  );
});

test('whatever comes is read or refused', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), parts => {
      const text = parts.join('');
      for (const read of readersOf(text)) expect(attempt(read).unforeseen).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test.each(pieces)('a page of nothing but %j takes time as its length does', piece => {
  const text = piece.repeat(1 << 17);
  for (const page of [text, `a ${text}`, `a{b="${text}`, `# HELP "${text}`])
    for (const read of readersOf(page)) {
      const { ms, unforeseen } = attempt(read);
      expect(unforeseen).toBeUndefined();
      expect(ms).toBeLessThan(1000);
    }
});

test('bounds and quantiles have one form', () => {
  const cases: readonly (readonly [number, string])[] = [
    [1, '1.0'],
    [-1, '-1.0'],
    [0, '0.0'],
    [0.5, '0.5'],
    [10, '10.0'],
    [100_000, '100000.0'],
    [1e6, '1e+06'],
    [1234567, '1.234567e+06'],
    [123456.5, '123456.5'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e21, '1e+21'],
    [1.5e300, '1.5e+300'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [Number.NaN, 'NaN'],
    [-0.00030000000000000003, '-0.00030000000000000003'],
  ];
  expect(cases.map(([value]) => floatLabel(value))).toEqual(cases.map(([, text]) => text));
  fc.assert(
    fc.property(fc.double({ noNaN: true }), value => {
      expect(readFloat(floatLabel(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});
