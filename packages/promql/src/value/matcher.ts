import { RE2JS } from 're2js';

export type MatchOp = '=' | '!=' | '=~' | '!~';

/** A condition on one label of a series. A label that is not there counts as ''. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
}

/** Tests the value of a label. */
export type ValueTest = (value: string) => boolean;

/** Whether a label's value fits. For many values, ask `testOf` once. */
export function matches(matcher: Matcher, value: string): boolean {
  return testOf(matcher)(value);
}

const tests = new WeakMap<Matcher, ValueTest>();

/** The test that a matcher stands for; patterns are anchored at both ends and compiled once per matcher. */
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

function patternTest(pattern: string): ValueTest {
  const compiled = RE2JS.compile(`^(?s:${pattern})$`);
  return value => compiled.testExact(value);
}

/** What is wrong with a matcher's pattern, in words for who wrote the query. */
export function patternFault(matcher: Matcher): string | undefined {
  if (matcher.op !== '=~' && matcher.op !== '!~') return undefined;
  try {
    testOf(matcher);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
