import { expect, test } from 'vitest';
import { readLine, type Reading } from './line.js';

/** What matters of a line, in short. */
function short(line: string): unknown {
  const readings = readLine(line);
  if (typeof readings === 'string') return readings;
  return readings.length === 1 ? brief(readings[0]!) : readings.map(brief);
}

function brief(reading: Reading): unknown {
  if (reading.is !== 'sample') return reading.is;
  const { kind, name, rate, tags, atSeconds } = reading;
  const value =
    reading.kind === 'set'
      ? reading.member
      : reading.kind === 'gauge'
        ? reading.settings.map(({ value, isSigned }) => (isSigned ? { value } : value))
        : reading.numbers;
  return [
    kind,
    name,
    value,
    ...(rate === 1 ? [] : [{ rate }]),
    ...(tags ? [{ tags }] : []),
    ...(atSeconds ? [{ atSeconds }] : []),
  ];
}

test.each([
  ['a:2|c', ['counter', 'a', [2]]],
  ['a.b:+1.5e3|c|@0.25', ['counter', 'a.b', [1500], { rate: 0.25 }]],
  ['a:3|g', ['gauge', 'a', [3]]],
  ['a:-3|g', ['gauge', 'a', [{ value: -3 }]]],
  ['a:+.5|g', ['gauge', 'a', [{ value: 0.5 }]]],
  ['a:320|ms', ['timer', 'a', [320]]],
  ['a:1:2.5:-3|h', ['histogram', 'a', [1, 2.5, -3]]],
  ['a:7|d|#k:v,flag', ['distribution', 'a', [7], { tags: 'k:v,flag' }]],
  ['a:who:is|s', ['set', 'a', 'who:is']],
  [
    'a:1|c:320|ms|@0.1:3|g',
    [
      ['counter', 'a', [1]],
      ['timer', 'a', [320], { rate: 0.1 }],
      ['gauge', 'a', [3]],
    ],
  ],
  ['a:1|c|T1656581400|#x:y', ['counter', 'a', [1], { tags: 'x:y' }, { atSeconds: 1656581400 }]],
  ['a:1|c|c:in-7|e:it-false|card:low|zz|', ['counter', 'a', [1]]],
  ['a#k=v,l=w:1|c', ['counter', 'a', [1], { tags: 'k:v,l:w' }]],
  ['a,k=v:1|c', ['counter', 'a', [1], { tags: 'k:v' }]],
  ['a.[k=v]b:1|c', ['counter', 'a.b', [1], { tags: 'k:v' }]],
  ['a[k=v:1|c', ['counter', 'a[k=v', [1]]],
])('%s is read', (line, expected) => {
  expect(short(line)).toEqual(expected);
});

test.each([
  ['a', /no name:value/],
  [':1|c', /no name before/],
  ['a:1', /no type/],
  ['a:1|', /no type/],
  ['a:|c', /no value/],
  ['a:|s', /no value/],
  ['a:1o|c', /no number/],
  ['a:0x10|c', /no number/],
  ['a:NaN|g', /no number/],
  ['a:1e999|g', /no number/],
  ['a:1|q', /none of c, g/],
  ['a:1|constructor', /none of c, g/],
  ['a:1|c|@0', /sample rate/],
  ['a:1|c|@2', /sample rate/],
  ['a:1|c|@1e-300', /sample rate/],
  ['a:1|c|Tnever', /no whole number of seconds/],
  ['a:1|c|T99999999999', /no whole number of seconds/],
  ['a,k=v:1|c|#l:w', /tags both/],
  [`a:1|c|#${'t,'.repeat(64)}`, /more than 64 tags/],
  [`${'n'.repeat(513)}:1|c`, /longer than 512/],
  ['a:1|c:x|ms', /no number/],
  ['_e{1}:a|b', /does not begin with/],
  ['_e{5,5}:ab|c', /lengths of an event/],
  ['_sc||0', /no name/],
  ['_sc|up|4', /none of 0, 1, 2, 3/],
])('%s is refused with a reason', (line, reason) => {
  expect(short(line)).toMatch(reason);
});

function readEvent(line: string): unknown {
  const readings = readLine(line);
  if (typeof readings === 'string' || readings[0]?.is !== 'event') return readings;
  const { title, text, alertType, tags } = readings[0];
  return { title, text, alertType, tags };
}

test('an event has its lengths in bytes, or in characters as JavaScript counts them', () => {
  const fine = { title: 'Öl|da', text: 'a\nb|c', alertType: 'error', tags: 'env:prod' };
  expect(readEvent(String.raw`_e{6,6}:Öl|da|a\nb|c|t:error|#env:prod`)).toEqual(fine);
  expect(readEvent(String.raw`_e{5,6}:Öl|da|a\nb|c|t:error|#env:prod`)).toEqual(fine);
  expect(readLine('_e{2,0}:up||d:1656581400|h:web-1|k:key|p:low|s:src|t:warning|c:id|e:pu-1')).toEqual([
    {
      is: 'event',
      title: 'up',
      text: '',
      alertType: 'warning',
      priority: 'low',
      host: 'web-1',
      aggregationKey: 'key',
      sourceType: 'src',
      atSeconds: 1656581400,
      tags: '',
      container: 'id',
      external: 'pu-1',
    },
  ]);
});

test('a service check has a status, and a message that may hold bars', () => {
  expect(readLine(String.raw`_sc|db.up|2|d:1656581400|h:web-1|#a:b|m:down|since\nnoon m\: 5|c:id`)).toEqual([
    {
      is: 'service check',
      name: 'db.up',
      status: 'critical',
      host: 'web-1',
      message: 'down|since\nnoon m: 5',
      atSeconds: 1656581400,
      tags: 'a:b',
      container: 'id',
      external: '',
    },
  ]);
});
