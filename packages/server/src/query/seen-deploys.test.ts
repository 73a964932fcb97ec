import { expect, test } from 'vitest';
import { type VersionStep, deploysOf } from './seen-deploys.js';

const minuteMs = 60_000;

/** One text per minute: `v1:9 v2:1` are nine requests of v1 and one of v2. */
function steps(...minutes: readonly string[]): readonly VersionStep[] {
  return minutes.flatMap((text, step) =>
    text
      .split(' ')
      .filter(part => part !== '')
      .map(part => {
        const [version = '', count = '0'] = part.split(':');
        return { version, step, firstMs: step * minuteMs, lastMs: step * minuteMs, count: Number(count) };
      }),
  );
}

const told = (...minutes: readonly string[]): readonly string[] =>
  deploysOf(steps(...minutes)).map(
    ({ version, previous, atMs, isRollback }) =>
      `${atMs / minuteMs}: ${version} after ${previous}${isRollback ? ', back' : ''}`,
  );

test('a version that is seen for the first time beside another is a deploy; the first of all is none', () => {
  expect(told('v1:9', 'v1:9', 'v1:4 v2:5', 'v2:9', 'v3:9')).toEqual(['2: v2 after v1', '4: v3 after v2']);
  expect(told('v1:9', '', 'v1:9')).toEqual([]);
});

test('[I8] a version that comes again after it was gone is a deploy, back to it when the one between is newer, and forward again', () => {
  expect(told('v1:9', 'v2:9', 'v2:9', 'v1:9', 'v1:9', 'v2:9')).toEqual([
    '1: v2 after v1',
    '3: v1 after v2, back',
    '5: v2 after v1',
  ]);
});

test('versions that run beside each other, a small share of one, and single requests in a quiet night are no deploys', () => {
  const beside = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 'v1:5 v2:5' : i % 3 === 1 ? 'v1:5' : 'v2:4'));
  expect(told('v1:9', ...beside)).toEqual(['1: v2 after v1']);
  const share = Array.from({ length: 60 }, (_, i) => (i % 20 === 0 ? 'v1:95 v2:1' : 'v1:95'));
  expect(told('v1:95', ...share)).toEqual(['1: v2 after v1']);
  expect(told('v1:1', 'v2:1', 'v1:1', 'v2:1', 'v1:1')).toEqual(['1: v2 after v1']);
});

test('a version that tells no name is no deploy, and another one after it is', () => {
  expect(told(':9', 'v1:9', ':9')).toEqual(['1: v1 after ']);
});
