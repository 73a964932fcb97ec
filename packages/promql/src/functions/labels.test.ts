import { expect, test } from 'vitest';
import { labelJoin, labelReplace } from './labels.js';
import { called, series, shown, textOf, vectorOf } from './vector-call.test-support.js';

const up = vectorOf(series({ __name__: 'up', instance: 'db-1:9100', job: 'db' }, 1));

const replace = (...[label, replacement, source, pattern]: readonly [string, string, string, string]) =>
  called(labelReplace, [up, textOf(label), textOf(replacement), textOf(source), textOf(pattern)]);

test('groups of the pattern fill the replacement, by number and by name', () => {
  expect(shown(replace('host', '$1', 'instance', '(.*):.*'))).toEqual([
    [{ __name__: 'up', host: 'db-1', instance: 'db-1:9100', job: 'db' }, 1],
  ]);
  const named = replace('host', '${port}-$host $$ $9$', 'instance', '(?P<host>.*):(?P<port>.*)');
  expect(shown(named)[0]?.[0]).toMatchObject({ host: '9100-db-1 $ $' });
});

test('the pattern must match the whole value; a dot matches a line’s end', () => {
  expect(shown(replace('host', 'x', 'instance', 'db'))).toEqual(shown(up));
  expect(shown(replace('host', 'x', 'nowhere', ''))[0]?.[0]).toMatchObject({ host: 'x' });
  const lines = vectorOf(series({ text: 'a\nb' }, 1));
  const args = [lines, textOf('text'), textOf('$1'), textOf('text'), textOf('a.(b)')];
  expect(shown(called(labelReplace, args))).toEqual([[{ text: 'b' }, 1]]);
});

test('an empty replacement removes the label', () => {
  expect(shown(replace('job', '', 'job', '.*'))).toEqual([[{ __name__: 'up', instance: 'db-1:9100' }, 1]]);
});

test('a group that does not end is just text', () => {
  expect(shown(replace('job', 'a${1', 'job', '(.*)'))[0]?.[0]).toMatchObject({ job: 'a${1' });
});

test('broken patterns and names are refused in Prometheus’ words', () => {
  expect(() => replace('a', '', 'b', '(')).toThrow('invalid regular expression in label_replace(): (');
  expect(() => replace('', '', 'b', '.*')).toThrow('invalid destination label name in label_replace(): ');
  expect(() => called(labelJoin, [up, textOf('a'), textOf(''), textOf('')])).toThrow(
    'invalid source label name in label_join(): ',
  );
  expect(shown(replace('__proto__', 'x', 'job', '.*'))[0]?.[0]).toHaveProperty('__proto__', 'x');
});

test('two series that become the same are refused, even if they never meet', () => {
  const two = vectorOf(series({ path: '/a' }, 1, undefined), series({ path: '/b' }, undefined, 1));
  const args = [two, textOf('path'), textOf(''), textOf('path'), textOf('.*')];
  expect(() => called(labelReplace, args, { count: 2 })).toThrow(
    'vector cannot contain metrics with the same labelset',
  );
});

test('a pattern that would keep other engines busy for years ends at once', () => {
  const long = vectorOf(series({ text: `${'a'.repeat(5000)}!` }, 1));
  const args = [long, textOf('x'), textOf('$1'), textOf('text'), textOf('(a+)+b')];
  expect(shown(called(labelReplace, args))).toEqual(shown(long));
});

test('labels are joined, missing ones as empty texts; a new name is a name', () => {
  expect(
    shown(called(labelJoin, [up, ...['where', '/', 'job', 'zone', 'instance'].map(textOf)]))[0]?.[0],
  ).toMatchObject({ where: 'db//db-1:9100' });
  const unnamed = vectorOf({ ...series({ job: 'db' }, 1), dropName: true });
  const named = called(labelJoin, [unnamed, textOf('__name__'), textOf(''), textOf('job')]);
  expect(named).toMatchObject({ series: [{ dropName: false, labels: ['__name__', 'db', 'job', 'db'] }] });
});

/** A value of a thousand characters, doubled so many times. */
function doubled(times: number) {
  let made = vectorOf(series({ a: 'x'.repeat(1000) }, 1));
  for (let at = 0; at < times; at++) {
    const twice = called(labelReplace, [made, textOf('a'), textOf('$1$1'), textOf('a'), textOf('(.*)')]);
    if (twice.type !== 'vector') throw new Error('a vector was expected');
    made = twice;
  }
  return made;
}

test('a value that is made of itself again and again ends with a sentence', () => {
  const tooLong = 'the values of a label would become longer than a query may make them';
  const largest = doubled(10);
  expect(shown(largest)[0]?.[0]).toEqual({ a: 'x'.repeat(1_024_000) });
  expect(() => doubled(11)).toThrow(tooLong);
  const many = Array.from({ length: 2000 }, () => textOf('a'));
  expect(() => called(labelJoin, [largest, textOf('b'), textOf(''), ...many])).toThrow(tooLong);
  const again = textOf('$1'.repeat(300_000));
  expect(() => called(labelReplace, [largest, textOf('b'), again, textOf('a'), textOf('(.*)')])).toThrow(tooLong);
});
