import { RE2JS } from 're2js';

/**
 * A regular expression that somebody else wrote. It is run in time that grows with the text's length only, whatever the expression is (RE2's syntax: no
 * back-references, no look-around).
 */
export interface LinearPattern {
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
  /** The text with every match replaced; an empty match is left alone. */
  replace(text: string, put: (match: string) => string): string;
}

/** Throws an `Error` that says what is wrong with the expression. */
export function linearPattern(source: string): LinearPattern {
  const compiled = RE2JS.compile(source);
  return {
    test: text => compiled.matcher(text).find(),
    replace(text, put) {
      const matcher = compiled.matcher(text);
      let out = '';
      let copied = 0;
      while (matcher.find()) {
        const [from, to] = [matcher.start(), matcher.end()];
        if (to === from) continue;
        out += text.slice(copied, from) + put(text.slice(from, to));
        copied = to;
      }
      return copied === 0 ? text : out + text.slice(copied);
    },
  };
}
