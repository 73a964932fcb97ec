import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfig } from '../config/load-config.js';
import { relabelling } from './relabel.js';

type Labels = Readonly<Record<string, string>>;

/** Rules as people write them, applied; undefined: dropped. */
function relabelled(labels: Labels, ...rules: readonly object[]): Labels | undefined {
  const text = JSON.stringify({ scrape: { configs: [{ job_name: 'j', relabel_configs: rules }] } });
  const [job] = readConfig({ text, name: 'b.yaml' }, { flags: {}, env: {}, cwd: '/' }).scrape.jobs;
  const map = new Map(Object.entries(labels));
  return relabelling(job?.relabel ?? [])(map) ? Object.fromEntries(map) : undefined;
}

const abc = { a: 'foo', b: 'bar', c: 'baz' };

test.each<[string, Labels, readonly object[], Labels | undefined]>([
  [
    'a group is put into another label',
    abc,
    [{ source_labels: ['a'], regex: 'f(.*)', target_label: 'd', replacement: 'ch${1}-ch${1}' }],
    { ...abc, d: 'choo-choo' },
  ],
  [
    'a rule sees what the one before did',
    abc,
    [
      { source_labels: ['a', 'b'], regex: 'f(.*);(.*)r', target_label: 'a', replacement: 'b${1}${2}m' },
      { source_labels: ['c', 'a'], regex: '(b).*b(.*)ba(.*)', target_label: 'd', replacement: '$1$2$2$3' },
    ],
    { a: 'boobam', b: 'bar', c: 'baz', d: 'boooom' },
  ],
  ['drop drops what fits', { a: 'foo' }, [{ source_labels: ['a'], regex: '.*o.*', action: 'drop' }], undefined],
  [
    'patterns fit the whole text only',
    { a: 'foo' },
    [{ source_labels: ['a'], regex: 'f|o', action: 'drop' }],
    { a: 'foo' },
  ],
  [
    'keep drops what does not fit',
    { a: 'foo' },
    [{ source_labels: ['a'], regex: 'no-match', action: 'keep' }],
    undefined,
  ],
  ['keep keeps what fits', { a: 'foo' }, [{ source_labels: ['a'], regex: 'f.*', action: 'keep' }], { a: 'foo' }],
  [
    'without a match nothing is replaced',
    { a: 'boo' },
    [{ source_labels: ['a'], regex: 'f', target_label: 'b', replacement: 'bar' }],
    { a: 'boo' },
  ],
  [
    'an empty result removes the label',
    { a: 'foo', f: 'baz' },
    [{ source_labels: ['a'], regex: '(f).*', target_label: '$1', replacement: '$2' }],
    { a: 'foo' },
  ],
  [
    'hashmod is as Prometheus counts it',
    abc,
    [{ source_labels: ['c'], target_label: 'd', action: 'hashmod', modulus: 1000 }],
    { ...abc, d: '976' },
  ],
  [
    'hashmod of a text with a line break',
    { a: 'foo\nbar' },
    [{ source_labels: ['a'], target_label: 'b', action: 'hashmod', modulus: 1000 }],
    { a: 'foo\nbar', b: '734' },
  ],
  [
    'labelmap copies labels to other names',
    { a: 'foo', b1: 'bar', b2: 'baz' },
    [{ regex: '(b.*)', replacement: 'bar_${1}', action: 'labelmap' }],
    { a: 'foo', b1: 'bar', b2: 'baz', bar_b1: 'bar', bar_b2: 'baz' },
  ],
  [
    'labelmap does not see what it made',
    { a: '1' },
    [{ regex: '(.*)', replacement: 'x$1', action: 'labelmap' }],
    { a: '1', xa: '1' },
  ],
  [
    'the target label may be a group',
    { a: 'some-name-value' },
    [{ source_labels: ['a'], regex: 'some-([^-]+)-([^,]+)', replacement: '${2}', target_label: '${1}' }],
    { a: 'some-name-value', name: 'value' },
  ],
  [
    'a group that is not there is empty',
    { a: 'some-name-value' },
    [{ source_labels: ['a'], regex: 'some-([^-]+)-([^,]+)', replacement: '${3}', target_label: '${1}' }],
    { a: 'some-name-value' },
  ],
  ['labeldrop', { a: 'foo', b1: 'bar', b2: 'baz' }, [{ regex: '(b.*)', action: 'labeldrop' }], { a: 'foo' }],
  [
    'labelkeep',
    { a: 'foo', b1: 'bar', b2: 'baz' },
    [{ regex: '(b.*)', action: 'labelkeep' }],
    { b1: 'bar', b2: 'baz' },
  ],
  [
    'uppercase and lowercase',
    { foo: 'bAr123Foo' },
    [
      { source_labels: ['foo'], target_label: 'up', action: 'uppercase' },
      { source_labels: ['foo'], target_label: 'low', action: 'lowercase' },
    ],
    { foo: 'bAr123Foo', low: 'bar123foo', up: 'BAR123FOO' },
  ],
  [
    'keepequal keeps what is equal',
    { p: '1', q: '1' },
    [{ source_labels: ['p'], target_label: 'q', action: 'keepequal' }],
    { p: '1', q: '1' },
  ],
  [
    'keepequal drops what differs',
    { p: '1', q: '2' },
    [{ source_labels: ['p'], target_label: 'q', action: 'keepequal' }],
    undefined,
  ],
  [
    'dropequal drops what is equal',
    { p: '1', q: '1' },
    [{ source_labels: ['p'], target_label: 'q', action: 'dropequal' }],
    undefined,
  ],
  [
    'several values are joined by the separator',
    abc,
    [{ source_labels: ['a', 'nothing', 'c'], separator: '/', target_label: 'd' }],
    { ...abc, d: 'foo//baz' },
  ],
  ['a point fits a line break', { a: 'x\ny' }, [{ source_labels: ['a'], regex: 'x.y', action: 'drop' }], undefined],
  [
    '$1x is the group named 1x',
    { a: 'b' },
    [{ source_labels: ['a'], regex: '(.*)', target_label: 'c', replacement: '$1x-$$-${1}x' }],
    { a: 'b', c: '-$-bx' },
  ],
  [
    'named groups',
    { a: 'b-c' },
    [{ source_labels: ['a'], regex: '(?P<first>[^-]*)-.*', target_label: 'd', replacement: '${first}!' }],
    { a: 'b-c', d: 'b!' },
  ],
  [
    'parts of a service discovery’s tags',
    { __meta_sd_tags: 'path:/secret,job:some-job,label:foo=bar' },
    [
      {
        source_labels: ['__meta_sd_tags'],
        regex: '(?:.+,|^)path:(/[^,]+).*',
        replacement: '${1}',
        target_label: '__metrics_path__',
      },
      { source_labels: ['__meta_sd_tags'], regex: '(?:.+,|^)job:([^,]+).*', replacement: '${1}', target_label: 'job' },
      {
        source_labels: ['__meta_sd_tags'],
        regex: '(?:.+,|^)label:([^=]+)=([^,]+).*',
        replacement: '${2}',
        target_label: '${1}',
      },
    ],
    {
      __meta_sd_tags: 'path:/secret,job:some-job,label:foo=bar',
      __metrics_path__: '/secret',
      job: 'some-job',
      foo: 'bar',
    },
  ],
])('%s', (_, labels, rules, expected) => {
  expect(relabelled(labels, ...rules)).toEqual(expected);
});

test('a pattern that others hang on takes no time, and names of objects’ own parts are plain labels', () => {
  const labels = { a: 'a'.repeat(50_000), ['__proto__x']: '1', constructor: '2' };
  const before = process.cpuUsage();
  expect(relabelled(labels, { source_labels: ['a'], regex: '(a+)+$|(a|aa)+b', action: 'drop' })).toBeUndefined();
  expect(relabelled(labels, { regex: 'constructor', action: 'labelkeep' })).toEqual({ constructor: '2' });
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
});

test('whatever the labels, replace with the defaults copies a label, and keep of it keeps it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), value => {
      expect(
        relabelled(
          { a: value },
          { source_labels: ['a'], target_label: 'b' },
          { source_labels: ['a'], target_label: 'b', action: 'keepequal' },
          { source_labels: ['b'], action: 'keep', regex: '.+' },
        ),
      ).toEqual({ a: value, b: value });
    }),
  );
});
