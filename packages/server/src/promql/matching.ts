import { type Labels, type Matcher, labelValue, testOf, metricName } from '@bellwether/promql';

/** Matchers of one query; what a pattern says of a value is remembered, since values repeat in many series. */
export class Matching {
  readonly #tests = new Map<Matcher, (value: string) => boolean>();

  matches(matcher: Matcher, value: string): boolean {
    let test = this.#tests.get(matcher);
    if (test === undefined) this.#tests.set(matcher, (test = remembered(matcher)));
    return test(value);
  }

  /** Whether labels (without the name) fit all matchers but those of the name. */
  fits(matchers: readonly Matcher[], labels: Labels): boolean {
    for (const matcher of matchers) {
      if (matcher.name !== metricName && !this.matches(matcher, labelValue(labels, matcher.name))) return false;
    }
    return true;
  }
}

function remembered(matcher: Matcher): (value: string) => boolean {
  const { op, value: wanted } = matcher;
  if (op === '=') return value => value === wanted;
  if (op === '!=') return value => value !== wanted;
  const test = testOf(matcher);
  const known = new Map<string, boolean>();
  return value => {
    let answer = known.get(value);
    if (answer === undefined) known.set(value, (answer = test(value)));
    return answer;
  };
}
