import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeMasks } from './merge-masks.js';

const counted = (...masks: readonly string[]): readonly { readonly mask: string; readonly count: number }[] =>
  masks.map((mask, i) => ({ mask, count: 100 - i }));
const patterns = (...masks: readonly string[]): readonly string[] =>
  mergeMasks(counted(...masks)).map(({ pattern }) => pattern);

test('masks that differ in a word of which there are many are one pattern', () => {
  expect(
    patterns('user alice logged in', 'user bob logged in', 'user carol logged in', 'user dave logged in', 'server up'),
  ).toEqual(['user <*> logged in', 'server up']);
});

test('a word of which there are few says what happened: hit and miss stay apart', () => {
  expect(patterns('cache hit for key <*>', 'cache miss for key <*>')).toEqual([
    'cache hit for key <*>',
    'cache miss for key <*>',
  ]);
});

test('what only values have in common is not merged', () => {
  expect(patterns('<*> <*> a b', '<*> <*> c d', '<*> <*> e f', '<*> <*> g h', '<*> <*> i j')).toHaveLength(5);
});

test('every mask is in exactly one pattern, and is that pattern but for its values', () => {
  const word = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '<*>');
  const mask = fc.array(word, { minLength: 1, maxLength: 5 }).map(words => words.join(' '));
  fc.assert(
    fc.property(fc.uniqueArray(mask, { maxLength: 60 }), masks => {
      const groups = mergeMasks(counted(...masks));
      expect(groups.flatMap(group => group.masks.map(({ mask }) => mask)).toSorted()).toEqual(masks.toSorted());
      expect(new Set(groups.map(({ pattern }) => pattern)).size).toBe(groups.length);
      for (const { pattern, masks } of groups) {
        const words = pattern.split(' ');
        for (const { mask } of masks) {
          expect(mask.split(' ').every((each, i) => each === words[i] || words[i] === '<*>')).toBe(true);
        }
      }
    }),
  );
});
