import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compiledTest, matches, patternFault, patternTest, type Matcher, type MatchOp } from './matcher.js';
import { patternSize } from './pattern-size.js';
import { alternativesOf, literalsOf } from './simple-pattern.js';

const matcher = (op: MatchOp, value: string): Matcher => ({ name: 'job', op, value });

test('the four operators compare whole values', () => {
  expect(matches(matcher('=', 'api'), 'api')).toBe(true);
  expect(matches(matcher('!=', 'api'), 'api')).toBe(false);
  expect(matches(matcher('=~', 'ap'), 'api')).toBe(false);
  expect(matches(matcher('=~', 'ap.'), 'api')).toBe(true);
  expect(matches(matcher('!~', 'ap.'), 'api')).toBe(false);
  expect(matches(matcher('!~', 'ap'), 'api')).toBe(true);
});

test('a label that is not there fits what fits the empty text', () => {
  expect(['.*', '', 'a|', '.+', 'a'].map(pattern => matches(matcher('=~', pattern), ''))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('patterns are anchored as a whole, not only at the ends of their first and last alternative', () => {
  expect(matches(matcher('=~', 'a|b'), 'ax')).toBe(false);
  expect(matches(matcher('=~', 'a|b'), 'xb')).toBe(false);
  expect(matches(matcher('=~', '^a$|^b'), 'b')).toBe(true);
});

test('the dot fits line ends', () => {
  expect(matches(matcher('=~', 'a.b'), 'a\nb')).toBe(true);
  expect(matches(matcher('=~', '.*b'), 'a\nb')).toBe(true);
});

test('what is no RE2 pattern is named', () => {
  expect(patternFault(matcher('=~', '['))).toBe('error parsing regexp: missing closing ]: `[`');
  expect(patternFault(matcher('!~', '(?=a)'))).toBe('error parsing regexp: invalid or unsupported Perl syntax: `(?=`');
  expect(patternFault(matcher('=~', '(a)\\1'))).toBe('error parsing regexp: invalid escape sequence: `\\1`');
  expect(patternFault(matcher('=', '['))).toBeUndefined();
});

test('patterns that would make a backtracking engine hang end at once', () => {
  const before = process.cpuUsage();
  for (const pattern of ['(x+x+)+y', '(a|aa)+$', '(.*.*.*.*.*.*)*z', '(x?){100}x{100}']) {
    patternTest(pattern)('x'.repeat(5000));
  }
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});

test('patterns that would grow too large when compiled are refused with a hint', () => {
  const tooLarge = 'regular expression is too large with its repetitions written out; use * or + instead';
  for (const pattern of ['x{1000}'.repeat(21), `(?:${'ab.'.repeat(10)}){1000}`, '(([a-z]{10}){10}){10}'.repeat(40)]) {
    expect(patternFault(matcher('=~', pattern))).toBe(tooLarge);
  }
  expect(patternFault(matcher('=~', `[a]${'b'.repeat(40_000)}`))).toContain('longer than 32768 characters');
  expect(patternFault(matcher('=~', 'host-1|'.repeat(20_000)))).toBeUndefined();
});

test.each([
  ['abc', 3],
  ['a.*', 3],
  ['[^]a-z]{5}', 5],
  ['(ab){3}', 9],
  ['((a{2}){3}){4}', 40],
  ['\\d{3,10}x', 11],
  ['a{2,}', 2],
  ['a{x}', 4],
  ['(((', 0],
  ['a)b', 3],
])('%s is about %i instructions', (pattern, size) => {
  expect(patternSize(pattern)).toBe(size);
});

test('simple patterns are seen through', () => {
  expect(literalsOf('api|web-1\\.example|')).toEqual(['api', 'web-1.example', '']);
  expect(literalsOf('(?:a|b|a)')).toEqual(['a', 'b']);
  expect(literalsOf('a|b.*')).toBeUndefined();
  expect(alternativesOf('.+-db|api.*')).toEqual([
    { before: 'some', text: '-db', after: 'nothing' },
    { before: 'nothing', text: 'api', after: 'any' },
  ]);
  expect(['a(b|c)', 'a?', '[ab]', '(?i)a', '\\d', 'a.b', '(a)|(b)'].map(alternativesOf)).toEqual(
    Array.from({ length: 7 }),
  );
});

test('what our own tests say of simple patterns is what RE2 says', () => {
  const piece = fc.constantFrom('a', 'b', 'ab', '', 'é', '😀', '\\.', '\\-', '\n', '-', ' ', '"', '}', ']');
  const wildcard = fc.constantFrom('', '', '.*', '.+');
  const alternative = fc
    .tuple(
      fc.constantFrom('', '', '^'),
      wildcard,
      fc.array(piece, { maxLength: 3 }),
      wildcard,
      fc.constantFrom('', '$'),
    )
    .map(([start, before, text, after, end]) => start + before + text.join('') + after + end);
  const pattern = fc
    .tuple(fc.array(alternative, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '(', '(?:'))
    .map(([all, group]) => group + all.join('|') + (group === '' ? '' : ')'));
  const value = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'é', '😀', '.', '-', '\n', ' ', '"', '}', ']', '\\'), { maxLength: 6 })
    .map(parts => parts.join(''));
  fc.assert(
    fc.property(pattern, fc.array(value, { minLength: 1, maxLength: 8 }), (source, values) => {
      const own = patternTest(source);
      const re2 = compiledTest(source);
      expect(values.map(own)).toEqual(values.map(re2));
    }),
    { numRuns: 2000 },
  );
});

test('any pattern at all is refused or answered like RE2', () => {
  const source = fc.string({
    unit: fc.constantFrom(
      'a',
      'b',
      '.',
      '*',
      '+',
      '|',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '^',
      '$',
      '\\',
      '?',
      '2',
      ',',
      '-',
    ),
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      source,
      fc.string({ unit: fc.constantFrom('a', 'b', '-', '\n', '{', '.'), maxLength: 5 }),
      (one, value) => {
        let expected: boolean | string;
        try {
          expected = compiledTest(one)(value);
        } catch (error) {
          expected = String(error);
        }
        let got: boolean | string;
        try {
          got = patternTest(one)(value);
        } catch (error) {
          got = String(error);
        }
        expect(got).toBe(expected);
      },
    ),
    { numRuns: 5000 },
  );
});
