import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtIns, firstOf, stepMsFor, writeInterval } from './built-ins.js';
import {
  interpolatePromql,
  interpolateText,
  interpolateUrl,
  namesIn,
  plainValue,
  type Scope,
  type Value,
} from './interpolate.js';

const many = (...values: string[]): Value => ({
  options: values.map(value => ({ text: value.toUpperCase(), value })),
  isPattern: true,
  isRaw: false,
});
const scope: Scope = name =>
  new Map([
    ['job', many('api')],
    ['node', many('a:91', 'b.c')],
    ['one', { ...many('a"b'), isPattern: false }],
    ['all', plainValue('.*')],
    ['none', many()],
  ]).get(name);

test.each([
  ['up{job="$job"}', 'up{job="api"}'],
  ['up{instance=~"$node"}', 'up{instance=~"(a:91|b\\\\.c)"}'],
  ["up{instance=~'${node}'}", "up{instance=~'(a:91|b\\\\.c)'}"],
  ['up{instance=~`[[node]]`}', 'up{instance=~`(a:91|b\\.c)`}'],
  ['up{x="$one"}', 'up{x="a\\"b"}'],
  ["up{x='$one'}", "up{x='a\"b'}"],
  ['up{cluster="$none"}', 'up{cluster=""}'],
  ['up{job=~"$all"}', 'up{job=~".*"}'],
  ['up{job=~"${node:pipe}"}', 'up{job=~"a:91|b.c"}'],
  ['rate(x[$__rate_interval])', 'rate(x[1m])'],
  ['rate(x[${__interval}]) / $__range_s', 'rate(x[30s]) / 3600'],
  ['up{job="$unknown"} $$', 'up{job="$unknown"} $$'],
  ['{__name__="$jobs"} # "$one', '{__name__="$jobs"} # "a"b'],
])('%s becomes %s', (text, expected) => {
  const all = firstOf(
    scope,
    builtIns({ fromMs: 0, toMs: 3_600_000, stepMs: 30_000, scrapeMs: 15_000, dashboard: 'D', uid: 'd' }),
  );
  expect(interpolatePromql(text, all)).toBe(expected);
});

test.each([
  ['csv', 'a:91,b.c'],
  ['pipe', 'a:91|b.c'],
  ['regex', '(a:91|b\\.c)'],
  ['glob', '{a:91,b.c}'],
  ['json', '["a:91","b.c"]'],
  ['doublequote', '"a:91","b.c"'],
  ['singlequote', "'a:91','b.c'"],
  ['queryparam', 'var-node=a%3A91&var-node=b.c'],
  ['percentencode', '%7Ba%3A91%2Cb.c%7D'],
  ['text', 'A:91 + B.C'],
  ['raw', 'a:91,b.c'],
])('the format %s', (format, expected) => {
  expect(interpolateText(`\${node:${format}}`, scope)).toBe(expected);
});

test('moments have formats, titles have texts, addresses have values', () => {
  const time = builtIns({
    fromMs: Date.UTC(2026, 10, 21, 12),
    toMs: Date.UTC(2026, 10, 21, 13),
    stepMs: 1,
    scrapeMs: 1,
    dashboard: 'D',
    uid: 'd',
  });
  expect(interpolateText('${__from:date:YYYY-MM-DD} ${__from:date:seconds} ${__to:date:iso}', time)).toBe(
    '2026-11-21 1795262400 2026-11-21T13:00:00.000Z',
  );
  expect(interpolateText('CPU of $node', scope)).toBe('CPU of A:91 + B.C');
  expect(interpolateUrl('/d/x?var-n=$one', scope)).toBe('/d/x?var-n=a%22b');
  expect(interpolateUrl('/services?${__url_time_range}', time)).toBe('/services?from=1795262400000&to=1795266000000');
  expect([...namesIn('$a ${b:csv} [[c]] $__range')]).toEqual(['a', 'b', 'c', '__range']);
});

/** Reads a string literal as PromQL does. */
function literal(text: string): string {
  return text.replaceAll(/\\([\\"n])/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

test('no value ends the text that it stands in', () => {
  fc.assert(
    fc.property(fc.string(), value => {
      const one: Scope = () => ({ options: [{ text: value, value }], isPattern: false, isRaw: false });
      const out = interpolatePromql('up{x="$v"}', one);
      const inside = /^up\{x="((?:[^"\\]|\\.)*)"\}$/s.exec(out)?.[1];
      expect(inside).toBeDefined();
      expect(literal(inside ?? '')).toBe(value);
    }),
  );
});

test('steps are round and never ask for more points than Prometheus gives', () => {
  expect([
    stepMsFor(3_600_000, 500, 1000),
    stepMsFor(900_000, 500, 15_000),
    stepMsFor(86_400_000 * 7, 300, 15_000),
  ]).toEqual([5000, 15_000, 1_800_000]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4e10 }),
      fc.integer({ min: 1, max: 50_000 }),
      (range, points) => range / stepMsFor(range, points, 1) <= 11_000,
    ),
  );
  expect([writeInterval(90_000), writeInterval(3_600_000), writeInterval(1500), writeInterval(86_400_000)]).toEqual([
    '90s',
    '1h',
    '1500ms',
    '1d',
  ]);
});
