import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelsOf } from '../value/labels.js';
import { readHistogram } from './histogram-literal.js';
import { readScript } from './read-script.js';
import { ScriptError } from './script-error.js';
import type { ScriptValue } from './script.js';
import { readSeries } from './series-notation.js';

/** Values as short texts: `_`, `stale`, a number, or a histogram's sum and count. */
function shown(values: readonly ScriptValue[]): string {
  return values
    .map(value => {
      if (value.kind === 'nothing') return '_';
      if (value.kind === 'number') return String(value.value);
      return value.kind === 'stale' ? 'stale' : `{sum ${value.histogram.sum} count ${value.histogram.count}}`;
    })
    .join(' ');
}

test('a series is read with its labels and values', () => {
  const { labels, values } = readSeries('http_requests{job="api", "my.label"=\'x\',} 1 2.5 _ stale -Inf NaN');
  expect(labels).toEqual(labelsOf({ __name__: 'http_requests', job: 'api', 'my.label': 'x' }));
  expect(shown(values)).toBe('1 2.5 _ stale -Infinity NaN');
});

test('a metric may be named in quotes, by a word of the language, or not at all', () => {
  expect(readSeries('{"my.metric", a="b"} 1').labels).toEqual(labelsOf({ __name__: 'my.metric', a: 'b' }));
  expect(readSeries('sum 1').labels).toEqual(labelsOf({ __name__: 'sum' }));
  expect(readSeries('{} 1').labels).toEqual([]);
  expect(readSeries('job:rate:sum{} 1').labels).toEqual(labelsOf({ __name__: 'job:rate:sum' }));
});

test.each([
  ['1+2x3', '1 3 5 7'],
  ['10-2x2', '10 8 6'],
  ['-1-1x2', '-1 -2 -3'],
  ['7x2', '7 7 7'],
  ['0x2', '0 0 0'],
  ['_x3', '_ _ _'],
  ['1e-1+1e2x1', '0.1 100.1'],
  ['.5 1_000', '0.5 1000'],
  ['1x0', '1'],
])('%s stands for %s', (text, expected) => {
  expect(shown(readSeries(`m ${text}`).values)).toBe(expected);
});

test('histograms are repeated, added and subtracted', () => {
  const step = '{{sum:2 count:1 buckets:[1]}}';
  expect(shown(readSeries(`m {{sum:1 count:4 buckets:[4]}}+${step}x2 _`).values)).toBe(
    '{sum 1 count 4} {sum 3 count 5} {sum 5 count 6} _',
  );
  expect(shown(readSeries(`m {{sum:5 count:4 buckets:[4]}}-${step}x1`).values)).toBe('{sum 5 count 4} {sum 3 count 3}');
  expect(shown(readSeries('m {{}} {{count:3}}x1').values)).toBe('{sum 0 count 0} {sum 0 count 3} {sum 0 count 3}');
});

test('a histogram is read with everything it may have', () => {
  const { histogram, hintGiven } = readHistogram(
    ' schema:1 sum:-0.3 count:22 z_bucket:2 z_bucket_w:0.001 offset:-3 buckets:[5 10 7] n_offset:4 n_buckets:[4 5] counter_reset_hint:not_reset ',
  );
  expect(hintGiven).toBe(true);
  expect({ ...histogram, customValues: [...histogram.customValues] }).toEqual({
    counterResetHint: 'notReset',
    schema: 1,
    zeroThreshold: 0.001,
    zeroCount: 2,
    count: 22,
    sum: -0.3,
    positive: { indexes: Int32Array.of(-3, -2, -1), counts: Float64Array.of(5, 10, 7) },
    negative: { indexes: Int32Array.of(4, 5), counts: Float64Array.of(4, 5) },
    customValues: [],
  });
  const custom = readHistogram('schema:-53 custom_values:[0.1 1 +Inf] buckets:[1 2 NaN 4]').histogram;
  expect([...custom.customValues]).toEqual([0.1, 1, Infinity]);
  expect([...custom.positive.counts]).toEqual([1, 2, Number.NaN, 4]);
});

test.each([
  ['m {{schema:1', 'unexpected "{{schema:1" in series values'],
  ['m {{sum:1 sum:2}}', 'duplicate key "sum" in histogram'],
  ['m {{size:1}}', 'bad histogram descriptor found: "size"'],
  ['m {{buckets:5}}', 'expected numbers in brackets, not "5"'],
  ['m {{schema:1.5}}', '"1.5" is not a whole number'],
  ['m {{counter_reset_hint:maybe}}', 'unknown counter_reset_hint "maybe"'],
  ['m {{schema:3}}+{{schema:1}}x2', 'error combining histograms: cannot merge from schema 1 to 3'],
  ['m 1+x3', '"" is not a number'],
  ['m 1x99999999', 'a series may have at most 1000000 values'],
  ['m one', '"one" is not a number'],
  ['m{a}', 'unexpected "}" in label set, expected "="'],
  ['m{a="b" c}', 'unexpected identifier "c" in label set, expected "," or "}"'],
  ['5 1', 'unexpected number "5", expected a series'],
])('%s is refused: %s', (line, message) => {
  expect(() => readScript(`load 1m\n  ${line}`)).toThrow(`line 2: ${message}`);
});

test('a script is a list of commands, each up to an empty line or a comment', () => {
  const commands = readScript(`
# what is loaded
load 30s
  up{job="a"} 1x2
  up{job="b"} 0

clear
load_with_nhcb 1m
  lat_bucket{le="1"} 1

eval instant at 5m sum(up)
  {} 1

eval range from -1m to 10m step 30s up == bool 1
  expect no_warn
  up{job="a"} 1 _ 1
`);
  expect(commands.map(({ kind, line }) => [kind, line])).toEqual([
    ['load', 3],
    ['clear', 7],
    ['load', 8],
    ['eval', 11],
    ['eval', 14],
  ]);
  expect(commands[0]).toMatchObject({ stepMs: 30_000, withCustomBuckets: false, series: [{ line: 4 }, { line: 5 }] });
  expect(commands[2]).toMatchObject({ withCustomBuckets: true });
  expect(commands[3]).toMatchObject({ query: 'sum(up)', when: { kind: 'instant', atMs: 300_000 }, expectations: [] });
  expect(commands[4]).toMatchObject({
    query: 'up == bool 1',
    when: { kind: 'range', startMs: -60_000, endMs: 600_000, stepMs: 30_000 },
    expectations: [{ kind: 'no_warn' }],
  });
});

test('a lone number expects a scalar and ends its command', () => {
  const commands = readScript('eval instant at 0 pi()\n  3.14\neval instant at 0 1/0\n  +Inf');
  expect(commands).toMatchObject([
    { line: 1, scalar: 3.14 },
    { line: 3, scalar: Infinity },
  ]);
});

test('expectations are read in their new form', () => {
  const [command] = readScript(`eval instant at 1m x
  expect warn msg: PromQL warning: hm (1:1)
  expect info regex: .*\\d
  expect info
  expect ordered
  expect string "a\\nb"
  expect range vector from 10s to 1m step 10s
  x{} 1 2 3`);
  expect(command).toMatchObject({
    expectations: [
      { kind: 'warn', message: { kind: 'text', text: 'PromQL warning: hm (1:1)' } },
      { kind: 'info', message: { kind: 'pattern', pattern: '.*\\d' } },
      { kind: 'info', message: { kind: 'any' } },
      { kind: 'ordered' },
      { kind: 'string', value: 'a\nb' },
      { kind: 'range vector', startMs: 10_000, endMs: 60_000, stepMs: 10_000 },
    ],
  });
});

/** The expectations of each command. */
function expectations(text: string): unknown {
  return readScript(text).map(command => 'expectations' in command && command.expectations);
}

test('expectations are read in their old form', () => {
  expect(expectations('eval_ordered instant at 0 x')).toEqual([[{ kind: 'ordered' }]]);
  expect(expectations('eval_warn instant at 0 x')).toEqual([[{ kind: 'warn', message: { kind: 'any' } }]]);
  expect(expectations('eval_fail instant at 0 x')).toEqual([[{ kind: 'fail', message: { kind: 'any' } }]]);
  expect(expectations('eval_fail instant at 0 x\n expected_fail_message not so')).toEqual([
    [{ kind: 'fail', message: { kind: 'text', text: 'not so' } }],
  ]);
  expect(expectations('eval_fail range from 0 to 1m step 1m x\n expected_fail_regexp no.*')).toEqual([
    [{ kind: 'fail', message: { kind: 'pattern', pattern: 'no.*' } }],
  ]);
});

test.each([
  ['lod 5m', 'line 1: unknown command "lod"; known: load, clear, eval'],
  ['load five', 'line 1: not a valid duration string: "five"'],
  ['load', 'line 1: expected: load[_with_nhcb] <step>'],
  ['eval instant 5m x', 'line 1: expected: eval'],
  ['eval range from 5m to 1m step 1m x', 'line 1: the end (1m) is before the start (5m)'],
  ['eval range from 0 to 1m step 0 x', 'line 1: the step must be greater than 0'],
  ['eval instant at 0 x\n x 1 2', 'line 2: an instant query gives one value for each series'],
  ['eval instant at 0 x\n expect nothing', 'line 2: expected: expect fail|warn|info'],
  ['eval instant at 0 x\n expect warn\n expect no_warn', 'line 1: expect warn and expect no_warn can not be used'],
  ['eval instant at 0 x\n expect fail\n expect fail', 'line 1: expect fail may stand only once'],
])('%j is refused', (script, message) => {
  expect(() => readScript(script)).toThrow(message);
});

test('whatever stands in a script, it is read or refused with its line', () => {
  const piece = fc.constantFrom(
    'load 1m\n',
    'eval instant at 1m ',
    'eval range from 0 to 1m step 1m ',
    'clear\n',
    '\n',
    ' ',
    'expect ',
    'fail',
    'msg:',
    'm',
    '{',
    '}',
    '{{',
    '}}',
    'a="b"',
    ',',
    '1',
    '+',
    'x',
    '3',
    '_',
    'stale',
    'buckets:[1 2]',
    'sum:',
    '#',
    '"',
    '\\',
    '`',
    'NaN',
    '-',
    '__proto__',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 20 }).map(all => all.join('')),
        fc.string({ unit: 'binary' }),
      ),
      script => {
        let fault: unknown;
        try {
          readScript(script);
        } catch (error) {
          fault = error;
        }
        expect(fault === undefined || fault instanceof ScriptError).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});
