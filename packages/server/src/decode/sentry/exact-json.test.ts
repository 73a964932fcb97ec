import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadInput } from '../../base/bad-input.js';
import { jsonText, jsonTextUpTo, readJson, readJsonObject } from './exact-json.js';

const read = (text: string): unknown => readJson(Buffer.from(text));

test('what a double can not hold stays exact: large integers, and times', () => {
  expect(read('[9007199254740993, -7, 1e3, 0.5, 12345678901234567890]')).toEqual([
    9007199254740993n,
    -7,
    1000,
    0.5,
    12345678901234567890n,
  ]);
  expect(read('{"timestamp": 1795234935.688902612, "start_timestamp": 1, "value": 1.5}')).toEqual(
    new Map<string, unknown>([
      ['timestamp', '1795234935.688902612'],
      ['start_timestamp', '1'],
      ['value', 1.5],
    ]),
  );
});

test('names that mean something to JavaScript are names like any other', () => {
  const object = readJsonObject(Buffer.from('{"__proto__":{"a":1},"constructor":2}'));
  expect([...object.keys()]).toEqual(['__proto__', 'constructor']);
  expect(jsonText(object)).toBe('{"__proto__":{"a":1},"constructor":2}');
});

test('any JSON is read as JSON.parse reads it, and written as JSON.stringify does', () => {
  const plain = (value: unknown): unknown =>
    typeof value === 'bigint'
      ? Number(value)
      : value instanceof Map
        ? Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]))
        : Array.isArray(value)
          ? value.map(plain)
          : value;
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), text => {
      const value = readJson(Buffer.from(text));
      expect(plain(value)).toEqual(JSON.parse(text));
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(text));
    }),
  );
});

test('a text that would be too long is not written', () => {
  expect(jsonTextUpTo(['abc', 'def'], 13)).toBe('["abc","def"]');
  expect(jsonTextUpTo(['abc', 'def'], 12)).toBeUndefined();
});

test.each([
  ['nothing', '', /expected/],
  ['an open end', '{"a":1', /expected/],
  ['a comma too many', '[1,]', /expected a number/],
  ['half a word', 'nul', /expected a value/],
  ['a number that is none', '1-2', /expected a number/],
  ['something behind it', '{} {}', /expected the end/],
  ['deep nesting', '['.repeat(200), /deeper than 128/],
  ['too many values', `[${'0,'.repeat(500_000)}0]`, /more than 500000 values/],
  ['too many bytes', `"${'x'.repeat(4 << 20)}"`, /longer than 4194304 bytes/],
])('%s is refused with a reason', (_, text, reason) => {
  expect(() => read(text)).toThrow(BadInput);
  expect(() => read(text)).toThrow(reason);
});
