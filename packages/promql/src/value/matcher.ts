import { RE2JS } from 're2js';
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
const maxPatternLength = 16_384;

/** How many repetitions all the `{n}` of a pattern may ask for together; each makes the compiled pattern as much longer. */
const maxRepetitions = 10_000;

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
  if (pattern.length > maxPatternLength) {
    throw new Error(
      `regular expression is longer than ${maxPatternLength} characters; list values, or use several matchers`,
    );
  }
  let repetitions = 0;
  for (const [, least = '', most = ''] of pattern.matchAll(/\{([0-9]+)(?:,([0-9]*))?\}/g)) {
    repetitions += Math.max(Number(least), Number(most));
  }
  if (repetitions > maxRepetitions) {
    throw new Error(`regular expression repeats more than ${maxRepetitions} times; use * or + instead`);
  }
  const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
  return value => compiled.testExact(value);
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
