import { RE2JS } from 're2js';
import { patternSize } from './pattern-size.js';
import { alternativesOf, alternativesTest } from './simple-pattern.js';

export type MatchOp = '=' | '!=' | '=~' | '!~';

/** A condition on one label of a series. A label that is not there counts as ''. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
}

/** Tests the value of a label. */
export type ValueTest = (value: string) => boolean;

/** Longer patterns are refused unless they only list values. */
const maxPatternLength = 32_768;

/** How many instructions a pattern may become; see `patternSize`. */
const maxPatternSize = 20_000;

/** Whether a label's value fits. For many values, ask `testOf` once. */
export function matches(matcher: Matcher, value: string): boolean {
  return testOf(matcher)(value);
}

const tests = new WeakMap<Matcher, ValueTest>();

/**
 * The test that a matcher stands for. Patterns have RE2's syntax, fit only whole values, and are compiled once per matcher.
 *
 * However hostile a pattern is, testing takes time that grows with the value's length only. Throws an `Error` for a pattern that is none.
 */
export function testOf(matcher: Matcher): ValueTest {
  let test = tests.get(matcher);
  if (test === undefined) {
    test = newTest(matcher);
    tests.set(matcher, test);
  }
  return test;
}

function newTest({ op, value }: Matcher): ValueTest {
  switch (op) {
    case '=':
      return other => other === value;
    case '!=':
      return other => other !== value;
    case '=~':
      return patternTest(value);
    case '!~': {
      const test = patternTest(value);
      return other => !test(other);
    }
  }
}

/** Whether a whole value fits a pattern; the dot stands for line ends as well. */
export function patternTest(pattern: string): ValueTest {
  const alternatives = alternativesOf(pattern);
  return alternatives === undefined ? compiledTest(pattern) : alternativesTest(alternatives);
}

/** The same by the engine for regular expressions, however simple the pattern is. */
export function compiledTest(pattern: string): ValueTest {
  const compiled = compilePattern(pattern);
  return value => compiled.testExact(value);
}

/** A pattern for whoever needs its groups as well. Throws an `Error` for one that is none, or would grow too large. */
export function compilePattern(pattern: string): RE2JS {
  if (pattern.length > maxPatternLength) {
    throw new Error(
      `regular expression is longer than ${maxPatternLength} characters; list values, or use several matchers`,
    );
  }
  if (patternSize(pattern) > maxPatternSize) {
    throw new Error('regular expression is too large with its repetitions written out; use * or + instead');
  }
  return RE2JS.compile(pattern, RE2JS.DOTALL);
}

/** How much work it is to compile a matcher's pattern; a query may ask for only so much. */
export function patternWork({ op, value }: Matcher): number {
  const isPattern = op === '=~' || op === '!~';
  return isPattern && alternativesOf(value) === undefined ? patternSize(value) : 0;
}

/** What is wrong with a matcher's pattern, in words for who wrote the query. */
export function patternFault(matcher: Matcher): string | undefined {
  if (matcher.op !== '=~' && matcher.op !== '!~') return undefined;
  try {
    testOf(matcher);
    return undefined;
  } catch (error) {
    // The engine writes the flag for dots into some of its messages.
    return error instanceof Error ? error.message.replace('`(?s)', '`') : String(error);
  }
}
